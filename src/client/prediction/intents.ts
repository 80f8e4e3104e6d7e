/**
 * What a command depends on beyond the version that it names. A version says that something changed, an intent whether that
 * matters: a command whose columns stand as they were seen means the same on the record as it is now, and may be sent again.
 */
import type { CurrentRecords } from '../../base/refusal.js';
import type { Expect, Expected } from '../../domain/command.js';
import { EXPECTS, type ExpectingName } from '../../domain/expects.js';
import type { CommandName, CommandPayloads } from '../../domain/registry.js';
import type { ViewRow } from '../../protocol/messages.js';
import type { RowReader } from '../replica/tables.js';

/** The commands that name versions, and the one that may. */
export type IntentName = ExpectingName | 'menu.set_availability';

type Payload = Readonly<Record<string, unknown>>;

const EXPECTING: Readonly<Record<string, ((payload: never) => Expected) | undefined>> = EXPECTS;

interface Intent {
  /** Of each record that it expects, columns that it has not left out; `payload`: those that the payload sets; null: whatever changed, a person looks again. */
  readonly columns: readonly string[] | 'payload' | null;
  readonly reason: string;
  /** Whether the record is already as the command would leave it; absent: that cannot be told from the record. */
  readonly stands?: (row: ViewRow, payload: Payload) => boolean;
}

const WHOLE_ORDER = 'what becomes of the whole order is decided on all that it holds';

export const INTENTS: Readonly<Record<IntentName, Intent>> = {
  'order.update': {
    columns: 'payload',
    reason: 'other columns of the order are none of its business',
    stands: holdsPayload,
  },
  'order.update_line': {
    columns: 'payload',
    reason: 'the kitchen may go on with a line while its note is written',
    stands: holdsPayload,
  },
  'order.void_line': {
    columns: ['status', 'qty'],
    reason: 'what is taken back, and whether the kitchen has begun it, was looked at',
    stands: (row) => row['status'] === 'voided',
  },
  'order.discount': {
    columns: ['subtotal', 'discount', 'total', 'qty'],
    reason: 'it was agreed on a sum of money',
  },
  'order.transfer': {
    columns: ['table_no'],
    reason: 'guests move from where they were seen',
    stands: holdsPayload,
  },
  'order.close': {
    columns: [],
    reason: 'the hub closes only what is paid to the cent',
    stands: (row) => row['status'] === 'closed',
  },
  'order.reopen': { columns: null, reason: WHOLE_ORDER },
  'order.void': {
    columns: null,
    reason: WHOLE_ORDER,
    stands: (row) => row['status'] === 'voided',
  },
  'order.split': { columns: null, reason: WHOLE_ORDER },
  'order.merge': { columns: null, reason: WHOLE_ORDER },
  'kitchen.set_status': {
    columns: ['status', 'mark', 'qty'],
    reason: 'what is on the plate, and whether it still is to be, was looked at',
    stands: (row, { status }) => row['status'] === status,
  },
  'kitchen.clear': {
    columns: ['mark', 'note', 'seat', 'course'],
    reason: 'a cook clears the change that they have seen, no later one',
    stands: (row) => row['mark'] === null,
  },
  'menu.set_availability': {
    columns: 'payload',
    reason: 'another price or name does not bring a dish back',
    stands: holdsPayload,
  },
  'menu.put_item': {
    columns: null,
    reason: 'two who write the menu at once should read each other',
    stands: holdsPayload,
  },
  'shift.close': { columns: null, reason: 'the drawer was counted against what was seen' },
  'shift.handover': { columns: null, reason: 'the drawer was counted against what was seen' },
};

/** What a command expects, and the rows that it was decided on. */
export interface Seen {
  readonly expect: Expect;
  /** By table and id: what `mayRetry` compares. */
  readonly rows: CurrentRecords;
}

/** From the rows that are held; null: one is not held, so that only the caller can say what was seen. */
export function seenBy<Name extends CommandName>(
  reader: RowReader,
  name: Name,
  payload: CommandPayloads[Name],
): Seen | null {
  const expect: Record<string, Record<string, number>> = {};
  const rows: Record<string, Record<string, ViewRow>> = {};
  for (const [table, id] of expectedOf(name, payload)) {
    const row = reader.row(table, id);
    if (row === undefined) return null;
    (expect[table] ??= {})[id] = row.version;
    (rows[table] ??= {})[id] = row;
  }
  return { expect, rows };
}

/** What was seen, with the records of a conflict in place of those that changed: for the next attempt. */
export function afterConflict({ expect, rows }: Seen, current: CurrentRecords): Seen {
  const versions: Record<string, Readonly<Record<string, number>>> = { ...expect };
  const seen: Record<string, Readonly<Record<string, unknown>>> = { ...rows };
  for (const [table, records] of Object.entries(current)) {
    const fresh = Object.entries(records).map(([id, row]) => [id, (row as ViewRow).version]);
    versions[table] = { ...versions[table], ...(Object.fromEntries(fresh) as object) };
    seen[table] = { ...seen[table], ...records };
  }
  return { expect: versions, rows: seen };
}

/** A command by name, with the payload of that name. */
export interface IntendedCommand<Name extends CommandName = CommandName> {
  readonly name: Name;
  readonly payload: CommandPayloads[Name];
}

/**
 * After a `version_conflict` whose records are `current`: whether each of them still is, in the columns that the command
 * depends on, as in `seen`, or is already as the command would leave it. Never for records that the command did not have to
 * name: whoever named them knows why.
 */
export function mayRetry(
  { name, payload }: IntendedCommand,
  seen: CurrentRecords,
  current: CurrentRecords,
): boolean {
  const columns = isIntentName(name) ? columnsOf(INTENTS[name], payload) : null;
  if (columns === null) return false;
  const named = new Set(recordsOf(name, payload).map(([table, id]) => `${table}/${id}`));
  const conflicts = Object.entries(current).flatMap(([table, records]) =>
    Object.entries(records).map(([id, row]) => ({ table, id, row: row as ViewRow })),
  );
  return (
    conflicts.length > 0 &&
    conflicts.every(({ table, id, row }) => {
      const before = seen[table]?.[id] as ViewRow | undefined;
      if (before === undefined || !named.has(`${table}/${id}`)) return false;
      return (
        columns.every((column) => equal(before[column], row[column])) || stands(name, row, payload)
      );
    })
  );
}

/**
 * After a conflict: whether what was wanted stands already, by somebody else's hand, so that there is nothing left to send. A
 * line that was to be bumped and stands further on counts: to send the bump would call the dish back.
 */
export function alreadyDone(
  { name, payload }: IntendedCommand,
  seen: CurrentRecords,
  current: CurrentRecords,
): boolean {
  const records = recordsOf(name, payload);
  return (
    records.length > 0 &&
    records.every(([table, id]) => {
      const before = seen[table]?.[id] as ViewRow | undefined;
      const row = (current[table]?.[id] as ViewRow | undefined) ?? before;
      if (row === undefined) return false;
      if (stands(name, row, payload)) return true;
      return name === 'kitchen.set_status' && bumpedBeyond(before, row, payload);
    })
  );
}

const STEPS: readonly unknown[] = ['queued', 'preparing', 'ready', 'served'];

/** Whether the line was to go forward to a step that it has reached or passed. */
function bumpedBeyond(before: ViewRow | undefined, row: ViewRow, { status }: Payload): boolean {
  const wanted = STEPS.indexOf(status);
  const was = STEPS.indexOf(before?.['status']);
  return was >= 0 && was < wanted && STEPS.indexOf(row['status']) >= wanted;
}

function isIntentName(name: CommandName): name is IntentName {
  return Object.hasOwn(INTENTS, name);
}

type Named = readonly [table: string, id: string];

/** The records whose versions the command must name, as the domain says. */
function expectedOf(name: CommandName, payload: unknown): readonly Named[] {
  const expected = EXPECTING[name]?.(payload as never) ?? {};
  return Object.entries(expected).flatMap(([table, ids]) => ids.map((id) => [table, id] as const));
}

/** Those, and the one that a command may name of its own accord. */
function recordsOf(name: CommandName, payload: unknown): readonly Named[] {
  if (name !== 'menu.set_availability') return expectedOf(name, payload);
  return [['menu_item', String((payload as Payload)['item_id'])]];
}

function columnsOf({ columns }: Intent, payload: Payload): readonly string[] | null {
  return columns === 'payload' ? columnsSet(payload) : columns;
}

/** The columns that a payload sets are named as in the row. */
function columnsSet(payload: Payload): string[] {
  return Object.keys(payload).filter((name) => name !== 'id' && !name.endsWith('_id'));
}

function stands(name: CommandName, row: ViewRow, payload: unknown): boolean {
  return isIntentName(name) && INTENTS[name].stands?.(row, payload as Payload) === true;
}

/** Whether the row's columns are as the payload says. A payload names modifiers by id alone. */
function holdsPayload(row: ViewRow, payload: Payload): boolean {
  return columnsSet(payload).every((column) => {
    const value = row[column];
    const held =
      column === 'modifiers' && Array.isArray(value)
        ? (value as { readonly id: string }[]).map(({ id }) => id)
        : value;
    return equal(held, payload[column]);
  });
}

/** Column values are plain data, whose keys come in one order from one hub. */
function equal(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
