/** The Store port with the two reads that our hub answers from its hot Maps. */
import type { OrderAggregate } from '#dist/domain/rows.js';
import type { Store } from '#dist/store/port.js';
import type { KitchenTickets } from './kitchen.js';

export interface ReadingStore extends Store {
  /** An order with its lines, payments and adjustments; null: there is none. */
  aggregate(branchId: string, orderId: string): Promise<OrderAggregate | null>;
  /** The tickets of a station; null: of all. */
  kitchen(station: string | null): Promise<KitchenTickets>;
}
