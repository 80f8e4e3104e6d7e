/** Taking lines back: a correction before they were sent, a void after. */
import type { BranchState, CommandContext } from './command.js';
import type { Draft } from './draft.js';
import { isUnsent } from './order-state.js';
import { returnPortions } from './portions.js';
import type { OrderLine } from './rows.js';

interface VoidedBecause {
  readonly state: BranchState;
  readonly context: CommandContext;
  readonly reason: string;
}

/**
 * Voids a line that is not voided yet. One that was never sent leaves no mark and gives its counted portions back; one that a
 * station has seen stays before the cook's eyes, struck through, until it is cleared.
 */
export function voidLine(
  draft: Draft,
  line: OrderLine,
  { state, context, reason }: VoidedBecause,
): void {
  const voided_by = context.actor.staffId;
  draft.update('order_line', line, { status: 'voided', void_reason: reason, voided_by });
  if (isUnsent(line)) returnPortions(draft, state.item(line.item_id), line.qty);
  else if (line.station !== null) draft.update('order_line', line, { mark: 'voided' });
}
