import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { correlation } from '../../src/hub/correlation.js';
import { createLog } from '../../src/server/log.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import type { CommitRequest, Store } from '../../src/store/port.js';
import { dial, JSON_TEXT } from '../server/door.js';
import { Served } from './served.js';

interface Line {
  readonly msg: string;
  readonly correlationId?: string;
  readonly key?: string;
}

const lines: Line[] = [];
const commits: CommitRequest[] = [];
let api: Served;

afterEach(async () => {
  await api.stop();
  lines.length = 0;
  commits.length = 0;
});

/** A server whose log is kept, and whose store notes each commit and logs a line at it. */
async function watched(): Promise<void> {
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  const log = createLog({ level: 'debug', pretty: false, destination });
  const nextTick = (run: () => void) => void setImmediate(run);
  const store = createMemoryStore({ clock: { now: () => 1 }, newId: () => 'e', nextTick });
  const commit = store.commit.bind(store);
  const noting: Store['commit'] = (request, settle) => {
    commits.push(request);
    log.info({ key: request.key, seen: correlation() }, 'commit');
    commit(request, settle);
  };
  api = await Served.start({}, { log, store: Object.assign(store, { commit: noting }) });
}

const send = async (headers: Record<string, string>, key = 'k', token?: string) =>
  api.ask('POST', '/branches/main/commands', {
    token: token ?? (await api.token({ role: 'cashier' })),
    headers: { 'idempotency-key': key, ...headers },
    body: { name: 'order.open', payload: { order_type: 'takeaway' } },
  });

describe('correlation', () => {
  it('A-COR-1 comes from x-correlation-id, else x-request-id, else the trace id, else it is made', async () => {
    await watched();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    const cases = [
      [{ 'x-correlation-id': 'a', 'x-request-id': 'b', traceparent }, 'a'],
      [{ 'x-request-id': 'b', traceparent }, 'b'],
      [{ traceparent }, trace],
      [{ 'x-correlation-id': 'has spaces', 'x-request-id': 'b' }, 'b'],
      [{ 'x-correlation-id': 'x'.repeat(129) }, undefined],
      [{ traceparent: '00-xyz-1-01' }, undefined],
    ] as const;
    for (const [headers, expected] of cases) {
      const answer = await send(headers);
      const id = answer.headers.get('x-correlation-id');
      expect(answer.body['correlationId']).toBe(id);
      if (expected === undefined) expect(id).toMatch(/^[\da-f-]{36}$/);
      else expect(id).toBe(expected);
    }
  });

  it('A-COR-2 200 requests at once never mix: answers, events and log lines bear their own', async () => {
    await watched();
    await api.give('shift.open', { opening_float: 1 });
    const token = await api.token({ role: 'cashier' });
    const asked = Array.from({ length: 200 }, (_, index) => `request-${index}`);
    const answers = await Promise.all(
      asked.map((id) => send({ 'x-correlation-id': id }, `key-of-${id}`, token)),
    );
    expect(answers.map(({ headers }) => headers.get('x-correlation-id'))).toEqual(asked);
    for (const id of asked) {
      const commit = commits.find(({ key }) => key === `key-of-${id}`);
      expect(commit?.correlationId).toBe(id);
      const [logged] = lines.filter(({ msg, key }) => msg === 'commit' && key === `key-of-${id}`);
      expect(logged?.correlationId).toBe(id);
    }
    const answered = lines
      .filter(({ msg }) => msg === 'answered')
      .map((line) => line.correlationId);
    expect(answered.filter((id = '') => id.startsWith('request-')).sort()).toEqual(
      [...asked].sort(),
    );
  }, 30_000);

  it('A-COR-2 also those whose body comes later than their head', async () => {
    await watched();
    await api.give('shift.open', { opening_float: 1 });
    const asking = request(`${api.server.url}/api/v1/branches/main/commands`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await api.token({ role: 'cashier' })}`,
        'content-type': 'application/json',
        'idempotency-key': 'late',
        'x-correlation-id': 'slow-hand',
      },
    });
    asking.write('{"name":"order.open",');
    await api.ask('GET', '/branches/main', { headers: { 'x-correlation-id': 'another' } });
    asking.end('"payload":{"order_type":"takeaway"}}');
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(lines.find(({ key }) => key === 'late')?.correlationId).toBe('slow-hand');
  });

  it('A-COR-3 the id of a command over WebSocket reaches the log and the event', async () => {
    await watched();
    const socket = await dial(Number(new URL(api.server.url).port), [JSON_TEXT]);
    const say = async (message: object) => {
      socket.send(JSON.stringify(message));
      await once(socket, 'message');
    };
    await say({ type: 'hello', id: '1', token: await api.token({ role: 'cashier' }) });
    const command = {
      type: 'command',
      name: 'shift.open',
      branchId: 'main',
      correlationId: 'mine',
    };
    await say({ ...command, id: '2', key: 'k', payload: { opening_float: 1 } });
    socket.close();
    expect(commits.at(-1)).toMatchObject({ key: 'k', correlationId: 'mine' });
    expect(lines.find(({ key }) => key === 'k')?.correlationId).toBe('mine');
  });
});
