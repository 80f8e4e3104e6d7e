/** One branch of the memory engine: its rows, its version numbers, its status logs and the answers kept under keys. */
import { assert } from '../../base/assert.js';
import type { RowChange } from '../../domain/change-set.js';
import type { PosShift, StatusLogRow } from '../../domain/rows.js';
import type {
  CommitOutcome,
  CommitRequest,
  LoadedBranch,
  StoredAnswer,
  StoredOrder,
} from '../port.js';
import { CommitLog } from './commit-log.js';
import { hotRows, nextZNumber } from './queries.js';
import { BranchRows } from './rows.js';
import { BranchSecrets } from './secrets.js';
import { BranchSummaries } from './summaries.js';
import { rejection } from './verdict.js';

/** How long a key is remembered. A till that was offline for longer has been closed and counted by hand. */
const ANSWER_KEPT_MS = 7 * 24 * 3_600_000;
/** Keys forgotten with one commit, which brings at most one. */
const FORGOTTEN_MAX = 64;

interface KeptAnswer {
  readonly answer: StoredAnswer;
  readonly expiresAt: number;
}

export class BranchMemory {
  readonly rows = new BranchRows();
  readonly secrets = new BranchSecrets();
  readonly commits = new CommitLog();
  readonly summaries = new BranchSummaries();
  readonly #answers = new Map<string, KeptAnswer>();
  readonly #logs = new Map<string, StatusLogRow[]>();
  #forgotten = 0;
  #version = 0;
  #horizon = 0;

  get answerCount(): number {
    return this.#answers.size;
  }

  /** Keys whose time was over. */
  get forgotten(): number {
    return this.#forgotten;
  }

  answer(key: string): StoredAnswer | null {
    return this.#answers.get(key)?.answer ?? null;
  }

  /** Decides and, unless it is refused, writes: all of the request or nothing. */
  commit(request: CommitRequest, now: number): CommitOutcome {
    const used = request.key === null ? undefined : this.#answers.get(request.key);
    if (used !== undefined) return { kind: 'duplicate', answer: used.answer };
    const rejected = rejection(this.rows, request);
    if (rejected !== null) return rejected;
    const { secrets = [] } = request;
    if (!this.secrets.mayWrite(secrets)) return { kind: 'outdated' };

    this.#version += 1;
    const version = this.#version;
    let zNumber: number | null = null;
    for (const change of request.changeSet) {
      if (change.table === 'pos_shift' && change.after.id === request.zNumberOf) {
        zNumber = nextZNumber(this.rows, change.after.register_id);
        this.rows.write({ ...change, after: numbered(change.after, zNumber) }, version);
      } else {
        this.rows.write(change, version);
      }
      this.#log(change, request);
    }
    assert(zNumber !== null || request.zNumberOf === null, 'zNumberOf is in the change set');
    this.secrets.write(secrets);
    if (request.summary !== undefined) this.summaries.write(request.summary);
    if (request.raisesHorizon) this.#horizon = version;
    this.commits.keep(version, request);
    this.#keepAnswer(request, now);
    return { kind: 'committed', version, zNumber };
  }

  /** null: the branch's own row is not there. */
  load(branchId: string): LoadedBranch | null {
    const kept = this.rows.get('branch', branchId);
    if (kept === undefined) return null;
    const rows = hotRows(this.rows);
    return { branch: kept.row, version: this.#version, horizon: this.#horizon, rows };
  }

  order(orderId: string): StoredOrder | null {
    const header = this.rows.get('order_header', orderId)?.row;
    if (header === undefined) return null;
    return {
      header,
      lines: this.rows.ofOrder('order_line', orderId).sort((a, b) => a.seq - b.seq),
      payments: this.rows.ofOrder('order_payment', orderId),
      adjustments: this.rows.ofOrder('order_adjustment', orderId),
      logs: [...(this.#logs.get(orderId) ?? [])],
    };
  }

  #log({ table, after, changes }: RowChange, request: CommitRequest): void {
    if (table !== 'order_header' && table !== 'order_line') return;
    if (changes !== null && changes.status === undefined) return;
    const orderId = table === 'order_header' ? after.id : after.order_id;
    const entry: StatusLogRow = {
      order_id: orderId,
      line_id: table === 'order_header' ? null : after.id,
      status: after.status,
      at: request.at,
      by_staff: request.actor,
      device_id: request.deviceId,
      version: after.version,
    };
    const entries = this.#logs.get(orderId);
    if (entries === undefined) this.#logs.set(orderId, [entry]);
    else entries.push(entry);
  }

  /** Keys are forgotten in the order in which they came, so the map's first entries are the oldest. */
  #keepAnswer(request: CommitRequest, now: number): void {
    const most = this.#forgotten + FORGOTTEN_MAX;
    for (const [key, { expiresAt }] of this.#answers) {
      if (expiresAt > now || this.#forgotten === most) break;
      this.#answers.delete(key);
      this.#forgotten += 1;
    }
    if (request.key === null) return;
    const { requestHash, result } = request;
    const answer = { requestHash, version: this.#version, durability: 'none', result } as const;
    this.#answers.set(request.key, { answer, expiresAt: now + ANSWER_KEPT_MS });
  }
}

function numbered(shift: PosShift, zNumber: number): PosShift {
  return { ...shift, z_number: zNumber };
}
