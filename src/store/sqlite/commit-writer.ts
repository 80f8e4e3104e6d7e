/**
 * Writes one commit inside the group's transaction: the key, the rows, their status logs and the event. It leaves the
 * undoing of a refusal to the group.
 */
import type { Database } from 'better-sqlite3';
import { assert } from '../../base/assert.js';
import type { TableName } from '../../domain/rows.js';
import type { CommitOutcome } from '../port.js';
import type { ShiftSummary } from '../reports.js';
import type { SecretChange } from '../secrets.js';
import { AdoptionWriter } from './adoption-writer.js';
import { chainHash } from './chain.js';
import { storedAnswer } from './answers.js';
import { commitStatements, type CommitStatements } from './commit-statements.js';
import { faultOf, messageOf, sqliteCode } from './errors.js';
import type { GroupHeads } from './heads.js';
import type { CommitItem, DiskDurability, ItemOutcome, SchemaBug } from './messages.js';
import { WRITE_ORDER, type ParsedChanges, type TableChanges } from './parsed-changes.js';
import { PersonalHashes } from './personal.js';
import type { PlainRow } from './row-sql.js';
import { RowStatements } from './row-statements.js';
import { SecretWriter } from './secret-writer.js';
import { StatusLogs } from './status-logs.js';
import { SummaryWriter } from './summary-writer.js';

/** How long a key is remembered: longer than a till stays offline. */
export const KEY_KEPT_MS = 7 * 24 * 3_600_000;

/** `wrote`: something of it is in the transaction and must be undone. */
export type Written =
  | { readonly outcome: ItemOutcome; readonly refused: false }
  | {
      readonly outcome: CommitOutcome;
      readonly refused: true;
      readonly wrote: boolean;
      readonly bug: SchemaBug | null;
    };

/** The row being written when an error came. */
interface Place {
  table: TableName | null;
  id: string | null;
  inserting: boolean;
}

export class CommitWriter {
  readonly #durability: DiskDurability;
  readonly #sql: CommitStatements;
  readonly #rows: RowStatements;
  readonly #logs: StatusLogs;
  readonly #personal: PersonalHashes;
  readonly #secrets: SecretWriter;
  readonly #adoption: AdoptionWriter;
  readonly #summaries: SummaryWriter;
  /** Shifts found open in this group; emptied by every write to a shift. */
  readonly #openShifts = new Map<string, string | null>();
  readonly #place: Place = { table: null, id: null, inserting: false };

  constructor(database: Database, durability: DiskDurability) {
    this.#durability = durability;
    this.#sql = commitStatements(database);
    this.#rows = new RowStatements(database);
    this.#logs = new StatusLogs(database);
    this.#personal = new PersonalHashes(database);
    this.#secrets = new SecretWriter(database);
    this.#summaries = new SummaryWriter(database);
    this.#adoption = new AdoptionWriter(database, this.#rows, this.#logs);
  }

  /** Forgets what it knows of shifts: at the start of a transaction and after anything was undone. */
  forget(): void {
    this.#openShifts.clear();
  }

  /** Throws only what is a fault of disk, space or lock; `heads` changes only if it is written. */
  write(item: CommitItem, heads: GroupHeads): Written {
    const [branchId, key, requestHash, , , , , at, requiresShift, , , , result] = item;
    const head = heads.of(branchId);
    const version = head.version + 1;
    if (requiresShift !== null && this.#openShift(branchId) !== requiresShift) {
      return this.#duplicate(branchId, key) ?? refused({ kind: 'shift_closed' }, false);
    }
    if (key !== null) {
      const expiresAt = at + KEY_KEPT_MS;
      const row = [
        branchId,
        key,
        requestHash,
        version,
        this.#durability,
        result,
        at,
        expiresAt,
      ] as const;
      if (this.#sql.keepKey.run(...row).changes === 0) {
        const duplicate = this.#duplicate(branchId, key);
        assert(duplicate !== null, 'a key that is taken has its answer');
        return duplicate;
      }
    }
    this.#place.table = null;
    try {
      return this.#writeRows(item, version, heads);
    } catch (error) {
      return this.#refusal(error, item);
    }
  }

  #writeRows(item: CommitItem, version: number, heads: GroupHeads): Written {
    const [branchId, , , , , , , , , zNumberOf, raisesHorizon, text, , ...more] = item;
    const [secrets, adopts, summary] = more;
    const changes = JSON.parse(text) as ParsedChanges;
    const zNumber = zNumberOf === null ? null : this.#giveZNumber(branchId, zNumberOf, changes);
    let toWrite = changes;
    if (adopts !== null) {
      const prepared = this.#adoption.prepare(adopts, { item, changes, version });
      if (prepared.kind === 'refused') return refused(prepared.outcome, true);
      toWrite = prepared.changes;
    }
    for (const table of WRITE_ORDER) {
      const entry = toWrite[table];
      if (entry === undefined) continue;
      const conflict = this.#writeTable(table, entry, item, version);
      if (conflict !== null) return refused({ kind: 'conflict', table, id: conflict }, true);
      if (table === 'pos_shift') this.#openShifts.clear();
    }
    if (secrets !== null) {
      const changed = JSON.parse(secrets) as SecretChange[];
      if (!this.#secrets.write(branchId, changed)) return refused({ kind: 'outdated' }, true);
    }
    if (summary !== null) {
      this.#summaries.write(branchId, version, JSON.parse(summary) as ShiftSummary);
    }
    const personal = this.#personal.replace(branchId, (table) => writtenRows(changes[table]));
    const stored = zNumber === null && !personal ? text : JSON.stringify(changes);
    const hash = this.#writeEvent(item, version, heads.of(branchId).hash, stored);
    heads.advance(branchId, hash, raisesHorizon);
    return {
      outcome: zNumber === null ? version : { kind: 'committed', version, zNumber },
      refused: false,
    };
  }

  /** Gives the id of the row that did not stand as the decision saw it, or null. */
  #writeTable(
    table: TableName,
    entry: TableChanges,
    item: CommitItem,
    version: number,
  ): string | null {
    if (table === 'pos_shift') {
      // A handover closes one shift and opens the next: one is open at any moment.
      const conflict = this.#update(table, entry, item, version);
      if (conflict !== null) return conflict;
      this.#insert(table, entry, item, version);
      return null;
    }
    this.#insert(table, entry, item, version);
    return this.#update(table, entry, item, version);
  }

  #insert(table: TableName, entry: TableChanges, item: CommitItem, version: number): void {
    const branchId = item[0];
    for (const row of entry.inserted ?? []) {
      this.#at(table, row.id, true);
      const owner = table === 'branch' ? row.id : row['branch_id'];
      assert(owner === branchId, `${table} ${row.id} belongs to ${branchId}`);
      this.#rows.insert(table, row, version);
      this.#place.inserting = false;
      this.#logs.note(table, { id: row.id, version: row.version, columns: row }, item, version);
    }
  }

  #update(table: TableName, entry: TableChanges, item: CommitItem, version: number): string | null {
    const commit = { branchId: item[0], version };
    for (const changed of entry.updated ?? []) {
      this.#at(table, changed.id, false);
      if (!this.#rows.update(table, changed, commit)) return changed.id;
      const { id, changes } = changed;
      this.#logs.note(table, { id, version: changed.version, columns: changes }, item, version);
    }
    return null;
  }

  #writeEvent(item: CommitItem, version: number, before: string, changes: string): string {
    const [branchId, key, , command, actor, device, correlationId, at] = item;
    const event = { branchId, version, at, actor, device, command, key, correlationId, changes };
    const hash = chainHash(before, event);
    const row = [
      branchId,
      version,
      at,
      actor,
      device,
      command,
      key,
      correlationId,
      changes,
    ] as const;
    this.#sql.event.run(...row, hash);
    return hash;
  }

  #giveZNumber(branchId: string, shiftId: string, changes: ParsedChanges): number {
    const closing = changes.pos_shift?.updated?.find(({ id }) => id === shiftId);
    assert(closing !== undefined, `the shift ${shiftId} closes in this commit`);
    const zNumber = this.#sql.nextZNumber.get(branchId, shiftId) as number;
    closing.changes['z_number'] = zNumber;
    return zNumber;
  }

  #openShift(branchId: string): string | null {
    let shift = this.#openShifts.get(branchId);
    if (shift === undefined) {
      shift = (this.#sql.openShift.get(branchId) as string | undefined) ?? null;
      this.#openShifts.set(branchId, shift);
    }
    return shift;
  }

  #duplicate(branchId: string, key: string | null): Written | null {
    if (key === null) return null;
    const row = this.#sql.answer.get(branchId, key);
    if (row === undefined) return null;
    return refused({ kind: 'duplicate', answer: storedAnswer(row) }, false);
  }

  #at(table: TableName, id: string, inserting: boolean): void {
    this.#place.table = table;
    this.#place.id = id;
    this.#place.inserting = inserting;
  }

  /** A constraint that a new row breaks by being there already is a verdict; any other is a bug. */
  #refusal(error: unknown, item: CommitItem): Written {
    if (faultOf(error) !== 'schema') throw error;
    const { table, id, inserting } = this.#place;
    const code = sqliteCode(error);
    const archived = code === 'SQLITE_CONSTRAINT_TRIGGER' && table === 'order_header';
    const taken =
      archived || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
    if (taken && inserting && table !== null && id !== null) {
      return refused({ kind: 'exists', table, id }, true);
    }
    const reason = messageOf(error);
    return {
      outcome: { kind: 'unavailable', reason: `rejected by schema: ${reason}` },
      refused: true,
      wrote: true,
      // What another program wrote need not fit; that is for the hub to say.
      bug:
        item[14] === null ? schemaBug(item, table === null ? null : { table, id }, reason) : null,
    };
  }
}

export function schemaBug(
  item: CommitItem,
  place: { readonly table: TableName; readonly id: string | null } | null,
  reason: string,
): SchemaBug {
  const [branchId, key, , command, , , correlationId] = item;
  const { table, id } = place ?? { table: null, id: null };
  return { branchId, command, key, correlationId, table, id, reason };
}

function refused(outcome: CommitOutcome, wrote: boolean): Written {
  return { outcome, refused: true, wrote, bug: null };
}

function* writtenRows(entry: TableChanges | undefined) {
  for (const row of entry?.inserted ?? []) yield { id: row.id, columns: row as PlainRow };
  for (const { id, changes } of entry?.updated ?? []) yield { id, columns: changes };
}
