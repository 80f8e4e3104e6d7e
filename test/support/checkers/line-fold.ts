/**
 * Lines and counted portions, told again from the acknowledged commands alone: where each line stands, how many of it, whether
 * it counts; and how many portions are left.
 */
import { newIds, type AckedCommit } from './commits.js';
import { numberIn, rowsOf, textIn, type BranchRecords, type Row } from './evidence.js';

interface Line {
  orderId: string;
  qty: number;
  voided: boolean;
  readonly itemId: string;
}

interface LineRequest {
  readonly line_id?: string;
  readonly item_id: string;
  readonly qty: number;
}

/** What the commands name. */
interface Payload {
  readonly order_id?: string;
  readonly into_order_id?: string;
  readonly line_id?: string;
  readonly item_id?: string;
  readonly id?: string;
  readonly qty?: number;
  readonly remaining?: number | null;
  readonly lines?: readonly (LineRequest & { readonly line_id: string })[];
}

/**
 * Commits that may be under way together: what was rung up while an item's portions were not counted yet may be committed just
 * after the count, and takes none.
 */
const UNDER_WAY_MAX = 40;

class LineFold {
  readonly lines = new Map<string, Line>();
  readonly portions = new Map<string, number | null>();
  /** The commit that began to count an item's portions. */
  readonly #countedSince = new Map<string, number>();
  #commit: AckedCommit | null = null;
  readonly #rows: ReadonlyMap<string, Row>;

  constructor(records: BranchRecords) {
    const rows = records.orders.flatMap(({ lines }) => lines);
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    for (const { id, remaining = null } of records.seed.items) this.portions.set(id, remaining);
  }

  take(commit: AckedCommit): void {
    this.#commit = commit;
    const payload = commit.request.payload as Payload;
    const { order_id: orderId = '' } = payload;
    switch (commit.request.name) {
      case 'order.open':
        this.#ringUp(commit, newIds(commit, 'order_header')[0] ?? '');
        break;
      case 'order.add_lines':
        this.#ringUp(commit, orderId);
        break;
      case 'order.update_line':
        this.#update(payload);
        break;
      case 'order.void_line':
        this.#void(payload.line_id ?? '');
        break;
      case 'order.void':
        for (const [id, line] of this.lines) if (line.orderId === orderId) this.#void(id);
        break;
      case 'order.merge':
        for (const line of this.lines.values()) {
          if (line.orderId === orderId) line.orderId = payload.into_order_id ?? '';
        }
        break;
      case 'order.split':
        this.#split(commit);
        break;
      case 'menu.set_availability':
        this.#count(payload.item_id ?? '', payload);
        break;
      case 'menu.put_item':
        this.#count(payload.id ?? '', payload);
        break;
      default:
    }
  }

  #count(itemId: string, { remaining }: Payload): void {
    if (remaining === undefined) return;
    const wasCounted = (this.portions.get(itemId) ?? null) !== null;
    this.portions.set(itemId, remaining);
    if (!wasCounted) this.#countedSince.set(itemId, this.#commit?.version ?? 0);
  }

  #use(itemId: string, qty: number): void {
    const left = this.portions.get(itemId) ?? null;
    const { version = 0, records } = this.#commit ?? {};
    const isLate = version - (this.#countedSince.get(itemId) ?? 0) < UNDER_WAY_MAX;
    if (isLate && records?.['menu_item']?.[itemId] === undefined) return;
    if (left !== null) this.portions.set(itemId, left - qty);
  }

  #ringUp(commit: AckedCommit, orderId: string): void {
    const { lines = [] } = commit.request.payload as Payload;
    const made = newIds(commit, 'order_line');
    for (const [index, request] of (lines as readonly LineRequest[]).entries()) {
      const id = request.line_id ?? made[index] ?? '';
      const { item_id: itemId, qty } = request;
      this.lines.set(id, { orderId, qty, itemId, voided: false });
      this.#use(itemId, qty);
    }
  }

  #update({ line_id: id = '', qty }: Payload): void {
    const line = this.lines.get(id);
    if (line === undefined || qty === undefined) return;
    this.#use(line.itemId, qty - line.qty);
    line.qty = qty;
  }

  /** A line that was never sent gives its portions back. */
  #void(id: string): void {
    const line = this.lines.get(id);
    if (line === undefined || line.voided) return;
    line.voided = true;
    if (this.#rows.get(id)?.['sent_at'] === null) this.#use(line.itemId, -line.qty);
  }

  #split(commit: AckedCommit): void {
    const { lines = [] } = commit.request.payload as Payload;
    const [orderId = ''] = newIds(commit, 'order_header');
    const made = newIds(commit, 'order_line');
    for (const { line_id: id, qty } of lines) {
      const line = this.lines.get(id);
      if (line === undefined) continue;
      if ((qty as number | undefined) === undefined || qty === line.qty) {
        line.orderId = orderId;
        continue;
      }
      line.qty -= qty;
      const part = made.find((other) => this.#rows.get(other)?.['origin_line_id'] === id) ?? '';
      this.lines.set(part, { orderId, qty, itemId: line.itemId, voided: false });
    }
  }
}

export function foldLines(commits: readonly AckedCommit[], records: BranchRecords): string[] {
  const fold = new LineFold(records);
  for (const commit of commits) fold.take(commit);
  const findings: string[] = [];
  const left = new Map(fold.lines);
  for (const row of records.orders.flatMap(({ lines }) => lines)) {
    const line = left.get(row.id);
    left.delete(row.id);
    const stands = {
      orderId: textIn(row, 'order_id'),
      qty: numberIn(row, 'qty'),
      voided: row['status'] === 'voided',
      itemId: textIn(row, 'item_id'),
    };
    const told = line ?? 'nothing';
    if (JSON.stringify(stands) !== JSON.stringify(orderedLine(told))) {
      findings.push(`line ${row.id} is ${JSON.stringify(stands)}, told as ${JSON.stringify(told)}`);
    }
  }
  for (const id of left.keys()) findings.push(`line ${id} is not there`);
  for (const item of rowsOf(records, `${records.seed.branch.id}/menu`, 'menu_item')) {
    const portions = fold.portions.get(item.id) ?? null;
    if (item['remaining'] !== portions) {
      findings.push(
        `${item.id} has ${String(item['remaining'])} portions, told ${String(portions)}`,
      );
    }
  }
  return findings;
}

function orderedLine(line: Line | 'nothing'): unknown {
  if (line === 'nothing') return null;
  const { orderId, qty, voided, itemId } = line;
  return { orderId, qty, voided, itemId };
}
