/** What the checkers judge: who asked for what and was told what, and the records as the hub shows them in the end. */
import type { Seed } from '../../../src/domain/seed.js';
import type { Sending } from '../random-traffic/journal.js';

/** A record as a client sees it. */
export type Row = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly version: number;
};

/** An order as `order.get` gives it to a manager. */
export interface OrderRecord {
  readonly header: Row;
  readonly lines: readonly Row[];
  readonly payments: readonly Row[];
  readonly adjustments: readonly Row[];
}

/** A channel's whole state, as a snapshot shows it. */
export interface ChannelState {
  readonly epoch: string;
  readonly version: number;
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, Row>>;
}

export interface ShiftRecord {
  readonly id: string;
  /** As `shift.report` gives it: `{report, z_number}`. */
  readonly report: Readonly<Record<string, unknown>>;
  readonly zNumber: number | null;
}

export interface BranchRecords {
  readonly seed: Seed;
  /** The newest commit's number. */
  readonly version: number;
  readonly orders: readonly OrderRecord[];
  readonly shifts: readonly ShiftRecord[];
  /** Fresh snapshots by channel name. */
  readonly channels: ReadonlyMap<string, ChannelState>;
}

export interface Evidence {
  readonly sendings: readonly Sending[];
  readonly branches: ReadonlyMap<string, BranchRecords>;
}

/** The rows of one table of a channel. */
export function rowsOf(records: BranchRecords, channel: string, table: string): readonly Row[] {
  return [...(records.channels.get(channel)?.tables.get(table)?.values() ?? [])];
}

export function numberIn(row: Row, column: string): number {
  return Number(row[column]);
}

export function textIn(row: Row, column: string): string {
  return String(row[column]);
}

/** A checker looks at everything and says in words what is wrong; nothing: an empty list. */
export interface Checker {
  findings(): readonly string[];
}
