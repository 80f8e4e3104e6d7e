/**
 * What a command will do, by the domain's own decision on the rows that this client holds. A prediction is a guess that the
 * hub's own word replaces: it never writes anything, and where the client cannot know it says so.
 */
import { refuse, type Refusal } from '../../base/refusal.js';
import type { RowChange } from '../../domain/change-set.js';
import type { CommandContext, CommandDefinition, Decision } from '../../domain/command.js';
import { INTERNAL_COLUMNS } from '../../domain/internal-columns.js';
import { mayGive } from '../../domain/roles.js';
import type { AnyRow, TableName } from '../../domain/rows.js';
import type { Principal, ViewRow } from '../../protocol/messages.js';
import type { BranchGetResult } from '../../protocol/results.js';
import type { RowReader } from '../replica/tables.js';
import { HeldBranch, isWhole } from './held-branch.js';
import { QUEUEABLE, type QueueableCommand } from './queueable.js';

const HIDDEN: Readonly<Partial<Record<TableName, readonly string[]>>> = INTERNAL_COLUMNS;

/** A queueable command as it waits: its payload holds the ids of what it makes (`withIds`). */
export type PredictedCommand = QueueableCommand & {
  readonly key: string;
  /** When it takes effect, by the hub's clock as far as it is known. */
  readonly at: number;
  /** When it was given, by this device's own clock. */
  readonly clientAt: number | null;
};

/** What `branch.get` answered, and who gives the command. */
export interface PredictionContext extends BranchGetResult {
  readonly principal: Principal;
}

export interface PredictedRow {
  readonly table: string;
  /** As the view that shows the table will show it. */
  readonly row: ViewRow;
}

export type Prediction =
  | { readonly kind: 'change'; readonly rows: readonly PredictedRow[] }
  /** Nothing will change, or all of it stands already. */
  | { readonly kind: 'unchanged' }
  /** As things stand here. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** This client does not hold what the decision needs. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The same command on the same rows predicts the same rows, ids included. New rows have version 1, changed ones one above that
 * of the row held; an order that has no leased number has 0. Derived tables (`shift_totals`) are not predicted, nor are locks.
 * What a kitchen is shown of an order is less than the whole, so of such an order the lines are predicted and not its header.
 */
export function predict(
  reader: RowReader,
  command: PredictedCommand,
  context: PredictionContext,
): Prediction {
  const definition: CommandDefinition = QUEUEABLE[command.name];
  const { role } = context.principal;
  if (!mayGive(role, definition)) {
    return { kind: 'refused', refusal: refuse('forbidden', `a ${role} may not give it`) };
  }
  if (standsAlready(reader, command)) return { kind: 'unchanged' };
  const partial = partialOrder(reader, command);
  if (partial && !command.name.startsWith('kitchen.')) {
    return { kind: 'unknown', reason: 'the order is not shown as a whole' };
  }
  const state = new HeldBranch(reader, context);
  if (definition.needsOpenShift && state.shift === null) {
    return { kind: 'refused', refusal: refuse('shift_closed', 'no shift is open') };
  }
  const decision = definition.decide(state, command.payload, decisionContext(command, context));
  if (decision.kind === 'refused' && decision.refusal.code === 'not_found') {
    if (state.missed || partial) return { kind: 'unknown', reason: decision.refusal.message };
  }
  return predictionOf(decision, reader, partial);
}

/**
 * Whether the command's effect is in the rows already: its delta may come before its answer. Those that write what they say
 * (`order.update`, `kitchen.set_status`) need no look: their decision finds nothing to change.
 */
function standsAlready(reader: RowReader, command: QueueableCommand): boolean {
  const holds = (table: string, id: string | undefined): boolean =>
    id !== undefined && reader.row(table, id) !== undefined;
  const { name, payload } = command;
  if (name === 'order.open') return holds('order_header', payload.order_id);
  if (name === 'order.add_lines') {
    return payload.lines.some(({ line_id }) => holds('order_line', line_id));
  }
  if (name === 'payment.add') return holds('order_payment', payload.payment_id);
  if (name === 'order.void_line') {
    return reader.row('order_line', payload.line_id)?.['status'] === 'voided';
  }
  if (name === 'order.close') {
    return reader.row('order_header', payload.order_id)?.['status'] === 'closed';
  }
  return false;
}

function partialOrder(reader: RowReader, { payload }: QueueableCommand): boolean {
  const orderId = 'order_id' in payload ? payload.order_id : undefined;
  const header = orderId === undefined ? orderId : reader.row('order_header', orderId);
  return header !== undefined && !isWhole(header);
}

function decisionContext(
  { key, at, clientAt }: PredictedCommand,
  { principal }: PredictionContext,
): CommandContext {
  let made = 0;
  return {
    now: at,
    clientAt,
    actor: { staffId: principal.id, deviceId: principal.device_id, role: principal.role },
    newId() {
      made += 1;
      return `${key}.${String(made)}`;
    },
    takeNumbers: () => 0,
  };
}

function predictionOf(decision: Decision, reader: RowReader, partial: boolean): Prediction {
  if (decision.kind !== 'change') return decision;
  const rows: PredictedRow[] = [];
  for (const change of decision.changeSet) {
    if (partial && change.table === 'order_header') continue;
    const row = shown(change, reader);
    if (row !== null) rows.push({ table: change.table, row });
  }
  return rows.length === 0 ? { kind: 'unchanged' } : { kind: 'change', rows };
}

/** A new row without internal columns; a changed one with the columns that the held row has. Null: none of them changed. */
function shown({ table, after, changes }: RowChange, reader: RowReader): ViewRow | null {
  const held = reader.row(table, after.id);
  if (changes === null || held === undefined) return withoutInternal(table, after);
  const columns = Object.entries(changes).filter(([column]) => column in held);
  const changed = columns.some(([column]) => column !== 'version' && column !== 'updated_at');
  return changed ? { ...held, ...Object.fromEntries(columns) } : null;
}

function withoutInternal(table: TableName, after: AnyRow): ViewRow {
  const hidden = HIDDEN[table] ?? [];
  const columns = Object.entries(after).filter(([column]) => !hidden.includes(column));
  return Object.fromEntries(columns) as unknown as ViewRow;
}
