/** The row of money that is taken or given back now, in the open shift. */
import { assert } from '../base/assert.js';
import type { BranchState, CommandContext } from './command.js';
import type { OrderPayment } from './rows.js';

/** What payment and refund say each for itself; who, where and when follow. */
type Chosen = Omit<
  OrderPayment,
  'branch_id' | 'shift_id' | 'by_staff' | 'device_id' | 'at' | 'client_at' | 'version'
>;

export function newPayment(
  { branch, shift }: BranchState,
  { actor, now, clientAt }: CommandContext,
  chosen: Chosen,
): OrderPayment {
  assert(shift, 'money is taken in an open shift');
  return {
    branch_id: branch.id,
    shift_id: shift.id,
    by_staff: actor.staffId,
    device_id: actor.deviceId,
    at: now,
    client_at: clientAt,
    version: 1,
    ...chosen,
  };
}
