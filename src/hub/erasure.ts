/** Erases what several finished orders say of persons: each by a commit of its own, then the archive's copies of them. */
import type { NewId } from '../base/ids.js';
import {
  orderErasePersonalData,
  type PersonalKind,
} from '../domain/admin/order-erase-personal-data.js';
import type { Actor } from '../domain/command.js';
import type { FoundPerson, Upkeep } from '../store/upkeep.js';
import type { BranchHub } from './branch/branch.js';

export interface ErasureWanted {
  readonly orders: readonly FoundPerson[];
  readonly kinds: readonly PersonalKind[];
  readonly actor: Actor;
  readonly correlationId: string | null;
}

export interface ErasureNeeds {
  readonly hub: BranchHub;
  readonly upkeep: Upkeep;
  readonly newId: NewId;
}

/** In the words of the API. */
export interface ErasureReport {
  /** Orders whose values are gone. */
  readonly erased: number;
  /** Orders that are still worked on, or could not be written. */
  readonly refused: readonly {
    readonly order_id: string;
    readonly number: number;
    readonly business_date: string;
    readonly reason: string;
  }[];
  /** Values that older events tell in clear text: those stay, since the history is never altered. */
  readonly clear_in_events: number;
}

/** One order after the other, so that other commands come in between. */
export async function eraseOrders(
  { hub, upkeep, newId }: ErasureNeeds,
  { orders, kinds, actor, correlationId }: ErasureWanted,
): Promise<ErasureReport> {
  const refused: ErasureReport['refused'][number][] = [];
  let clear = 0;
  for (const { orderId, number, businessDate } of orders) {
    const answer = await hub.execute({
      definition: orderErasePersonalData,
      key: `${orderErasePersonalData.name}/${newId()}`,
      payload: { id: orderId, kinds },
      expect: undefined,
      actor,
      clientAt: null,
      correlationId,
    });
    if (answer.kind === 'done') {
      clear += await upkeep.clearTexts(hub.id, orderId);
      continue;
    }
    const reason = answer.refusal.message;
    refused.push({ order_id: orderId, number, business_date: businessDate, reason });
  }
  await upkeep.dropCopies();
  return { erased: orders.length - refused.length, refused, clear_in_events: clear };
}
