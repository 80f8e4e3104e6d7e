import { afterEach, describe, expect, it } from 'vitest';
import { Served } from './served.js';

let api: Served;
afterEach(() => api.stop());

const ORDER = { order_type: 'takeaway' };

describe('commands over HTTP', () => {
  it('A-CMD-1 are carried out with the answer that a WebSocket gives', async () => {
    api = await Served.start();
    const opened = await api.give('shift.open', { opening_float: 10_000 });
    expect(opened.status).toBe(200);
    expect(opened.body).toMatchObject({ version: 2, durability: 'none' });
    expect(Object.keys(opened.body).sort()).toEqual(['durability', 'result', 'version']);
    const order = await api.give('order.open', { ...ORDER, order_id: 'o1' });
    expect(order.body).toMatchObject({
      version: 3,
      result: { records: { order_header: { o1: 1 } } },
    });
  });

  it('A-CMD-2 need a key: without one it is validation_failed with its path', async () => {
    api = await Served.start();
    const body = { name: 'shift.open', payload: { opening_float: 1 } };
    const answer = await api.ask('POST', '/branches/main/commands', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'validation_failed',
      details: [{ path: '/headers/idempotency-key', reason: 'is required' }],
    });
  });
});
