/** A till in a page: a client with a queue in IndexedDB, shared with the other tabs of its origin. */
import {
  connectClient,
  indexedDbStorage,
  offlineQueue,
  type Client,
} from '../../../src/client/index.js';

let client: Client;

/** What the tests call in the page. */
export const door = {
  async open(url: string, token: string): Promise<void> {
    const storage = await indexedDbStorage('till');
    client = connectClient({ url, token, storage, offline: offlineQueue });
    client.subscribe('main/shift');
    client.subscribe('main/menu');
    client.optimistic('main/orders');
    await client.queue.ready;
  },
  state: () => client.state.kind,
  /** Rings up a soup, takes cash and closes; resolves with the order's number when all is on the disk. */
  async sell(): Promise<number> {
    const { queue } = client;
    const lines = [{ item_id: 'lentil-soup', qty: 2 }];
    const { payload } = await queue.add('order.open', { order_type: 'takeaway', lines });
    const order_id = payload.order_id ?? '';
    const { total = 0 } = client.optimistic('main/orders').row('order_header', order_id) ?? {};
    await queue.add('order.send', { order_id });
    await queue.add('payment.add', { order_id, method: 'cash', amount: total });
    await queue.add('order.close', { order_id });
    return payload.number ?? 0;
  },
  queued: () => client.queue.length,
  /** Orders as the till shows them: number, status, total, and whether the hub has not confirmed it yet. */
  orders: () => {
    const view = client.optimistic('main/orders');
    return [...view.table('order_header').values()]
      .map(({ id, number, status, total }) => [
        ...[number, status, total],
        view.pending('order_header', id),
      ])
      .sort((one, other) => Number(one[0]) - Number(other[0]));
  },
  restored: () => client.subscribe('main/orders').restored,
  channel: () => client.subscribe('main/orders').state,
  /** All that a till needs to go on alone. */
  isReady: () =>
    ['orders', 'menu', 'shift'].every(
      (view) => client.subscribe(`main/${view}`).state === 'live',
    ) && (client.numbers?.ready ?? 0) > 0,
};

Object.assign(globalThis, { door });
