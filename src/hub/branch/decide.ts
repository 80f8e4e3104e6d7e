/** What stands before every decision (leases, the open shift, the versions that the client saw), and then the decision. */
import { refuse, type Refusal } from '../../base/refusal.js';
import type { CommandContext, Decision } from '../../domain/command.js';
import { checkExpect } from '../../domain/expect.js';
import type { AnyRow, TableName } from '../../domain/rows.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import type { BranchCommand } from './command.js';
import type { OrderLeases } from './order-leases.js';
import { StateView, type ColdRecords } from './state-view.js';
import type { KnownDevices } from './unsent-sales.js';

export interface DecisionInputs {
  readonly hot: HotBranch;
  readonly leases: OrderLeases;
  readonly cold: ColdRecords;
  readonly devices: KnownDevices;
  /** The orders that the command names, or whose payments it names. */
  readonly orderIds: readonly string[];
  readonly outside: Pick<CommandContext, 'now' | 'newId' | 'takeNumbers'>;
}

/** Call it while the named records' mutexes and the shift are held. */
export function decide(command: BranchCommand, inputs: DecisionInputs): Decision {
  const { definition, payload, expect, actor, clientAt } = command;
  const { hot, cold, devices, outside } = inputs;
  const state = new StateView(hot, cold, devices);
  const refusal =
    leaseRefusal(command, inputs) ??
    (definition.needsOpenShift && state.shift === null
      ? refuse('shift_closed', 'no shift is open; open one first')
      : null) ??
    checkExpect({
      definition,
      payload,
      expect,
      role: actor.role,
      lookup: (table, id) => hot.record(table, id) ?? coldRecord(cold, table, id),
    });
  if (refusal !== null) return { kind: 'refused', refusal };
  return definition.decide(state, payload, { actor, clientAt, ...outside });
}

/** A lease keeps other devices' order and payment commands away, never the kitchen's. */
function leaseRefusal(
  { definition: { name }, actor }: BranchCommand,
  { leases, orderIds }: DecisionInputs,
): Refusal | null {
  if (!name.startsWith('order.') && !name.startsWith('payment.')) return null;
  for (const orderId of orderIds) {
    const refusal = leases.refusalFor(orderId, actor.deviceId);
    if (refusal !== null) return refusal;
  }
  return null;
}

function coldRecord(cold: ColdRecords, table: TableName, id: string): AnyRow | undefined {
  if (table === 'pos_shift') return cold.shifts.find((shift) => shift.id === id);
  for (const { header, lines, payments, adjustments } of cold.orders) {
    const rows: readonly AnyRow[] =
      table === 'order_header'
        ? [header]
        : table === 'order_line'
          ? lines
          : table === 'order_payment'
            ? payments
            : table === 'order_adjustment'
              ? adjustments
              : [];
    const found = rows.find((row) => row.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
