/** Sends a secret everywhere where a client can write something. */
import { COMMANDS } from '../../../src/domain/registry.js';
import type { Encoding } from '../../../src/protocol/messages.js';
import type { Doors } from './doors.js';
import type { Secret } from './scanner.js';

const COMMAND_PATH = '/branches/main/commands';

export interface Flood {
  readonly doors: Doors;
  /** An administrator's access token. */
  readonly token: string;
  /** A paired device's own. */
  readonly deviceToken: string;
}

/** Into every place that no record keeps: a PIN that a person writes into a note is a note. */
export async function floodEverywhere(flood: Flood, secret: Secret): Promise<void> {
  const { text } = secret;
  await heads(flood, text);
  await bodies(flood, text);
  await upgrades(flood, text);
  for (const encoding of ['json', 'msgpack'] as const) {
    await beforeHello(flood, encoding, text);
    await afterHello(flood, encoding, text);
  }
}

/** Paths, queries and headers. */
async function heads({ doors, token }: Flood, text: string): Promise<void> {
  const encoded = encodeURIComponent(text);
  const paths = [
    `/${encoded}`,
    `//${encoded}`,
    `/%E0%A4%A/${encoded}`,
    `/branches/${encoded}`,
    `/branches/main/staff/${encoded}`,
    `/branches/main/devices/${encoded}`,
    `/branches/main/menu/items/${encoded}`,
    `/branches/main?token=${encoded}`,
    `/branches/main/orders?status=${encoded}&${encoded}=1`,
    `//metrics?pin=${encoded}`,
    `//healthz/${encoded}`,
    `//docs/${encoded}`,
  ];
  for (const path of paths) {
    await doors.ask({ path, token });
    await doors.ask({ path });
    // That there is no such record is told with the id that was asked for.
    if (!path.includes('/devices/')) await doors.ask({ path, method: 'DELETE', token });
  }
  const inHeader = encodable(text);
  const names = [
    'Cookie',
    'User-Agent',
    'Origin',
    'Referer',
    'If-Match',
    'If-None-Match',
    'Accept',
  ];
  names.push('traceparent', 'tracestate', 'X-Forwarded-For', 'Forwarded', 'X-Anything');
  names.push('Content-Type', 'Accept-Language');
  for (const name of names) {
    const headers = { [name]: inHeader };
    await doors.ask({ path: '/branches/main', token, headers });
    await doors.ask({ path: COMMAND_PATH, method: 'POST', token, headers, body: {} });
  }
  const wrong = [inHeader, `Bearer ${inHeader}`, `Basic ${inHeader}`, `Bearer a b ${inHeader}`];
  for (const authorization of wrong) {
    await doors.ask({ path: '/branches/main', headers: { authorization } });
  }
}

/** Node sends nothing else in a header. */
function encodable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, ' ');
}

/** Bodies that fit nowhere, are no JSON, or are too large. */
async function bodies({ doors, token, deviceToken }: Flood, text: string): Promise<void> {
  const oversize = JSON.stringify({ name: text.padEnd(70_000, ' x') });
  const wrong: (object | string)[] = [
    ...[
      { [text]: 1 },
      { name: text, payload: {} },
      { name: 'order.open', payload: { [text]: text } },
    ],
    ...[[text], { name: 'order.send', payload: text }, { name: 'order.send', expect: text }],
    ...[`{"pin": "${text}`, `"${text}"`, text, oversize],
  ];
  const paths = ['/auth/login', '/auth/password', '/auth/refresh', '/auth/pair', '/auth/logout'];
  for (const body of wrong) {
    for (const path of [...paths, COMMAND_PATH, `/branches/main/pairing-codes`, '//metrics']) {
      const headers = { 'idempotency-key': 'a-key' };
      if (path === '/auth/logout') await doors.ask({ path, method: 'POST', headers, body });
      else await doors.ask({ path, method: 'POST', token, headers, body });
    }
  }
  const secrets = { pin: text, password: text };
  const logins = [
    { path: '/auth/login', body: { staff_id: 'lucy', pin: text } },
    { path: '/auth/login', body: { staff_id: 'lucy', ...secrets } },
    { path: '/auth/login', body: { staff_id: text, password: text } },
    { path: '/auth/password', body: { branch_id: 'main', staff_id: 'ellen', password: text } },
    { path: '/auth/password', body: { branch_id: text, staff_id: 'amira', password: text } },
    { path: '/auth/refresh', body: { refresh_token: text, device_id: 'a-till' } },
    { path: '/auth/pair', body: { code: text.slice(0, 40) } },
  ];
  for (const login of logins) await doors.ask({ ...login, method: 'POST', token: deviceToken });
  for (const kind of ['pin', 'password'] as const) {
    const path = `/branches/main/staff/amira/${kind === 'pin' ? 'password' : 'pin'}`;
    await doors.ask({ path, method: 'PUT', token, body: { [kind]: text } });
  }
}

async function upgrades({ doors }: Flood, text: string): Promise<void> {
  const encoded = encodeURIComponent(text);
  await doors.upgrade({ path: `/ws/${encoded}` });
  await doors.upgrade({ path: `/ws?token=${encoded}` });
  await doors.upgrade({ path: `/${encoded}` });
  const word = encodable(text).replaceAll(/[^\w.-]/g, '-');
  await doors.upgrade({ protocols: [word] });
  await doors.upgrade({ protocols: ['expeditor.v1.json', word] });
  for (const name of ['Origin', 'Cookie', 'Authorization', 'X-Correlation-Id', 'User-Agent']) {
    await doors.upgrade({ headers: { [name]: encodable(text) } });
  }
}

async function beforeHello({ doors, token }: Flood, encoding: Encoding, text: string) {
  const firsts: (object | string)[] = [
    { type: 'hello', id: 'h', token: text },
    { type: 'hello', id: 'h', token: text, client: { name: text, version: text } },
    { type: 'hello', id: 'h', token: text.padEnd(5_000, 'x') },
    { type: 'ping', id: 'p', token: text },
    { type: text, id: 'x' },
    { [text]: text },
    [text],
    text,
    JSON.stringify(text),
    `{"type":"hello","token":"${text}`,
    { type: 'hello', id: 'h', token, note: text.padEnd(70_000, ' x') },
  ];
  for (const first of firsts) await doors.talk(encoding, [first]);
}

async function afterHello({ doors, token }: Flood, encoding: Encoding, text: string) {
  const client = { name: text, version: text, [text]: text };
  const hello = { type: 'hello', id: 'h', token, client, sessionId: text, [text]: text };
  const command = { type: 'command', id: 'c', key: 'k', branchId: 'main', payload: {} };
  const query = { type: 'query', id: 'q', name: 'order.get', branchId: 'main', params: {} };
  const subscribe = { type: 'subscribe', id: 's', view: 'board', branchId: 'main' };
  const many = [
    { type: 'hello', id: 'h', token },
    { type: text, id: 'x', [text]: text },
    { type: 'ping', id: 'p', [text]: text, note: text },
    { ...command, name: text },
    { ...command, name: 'order.open', branchId: text },
    { ...command, name: 'order.open', payload: { [text]: 1, deep: { [text]: [text] } } },
    { ...command, name: 'order.open', payload: { order_type: text, guests: text } },
    {
      ...command,
      name: 'order.send',
      payload: { order_id: 'x' },
      expect: { [text]: { [text]: 1 } },
    },
    { ...command, name: 'order.send', payload: text },
    { ...command, name: 'order.send', payload: { order_id: 'x' }, clientAt: text },
    { ...query, name: text },
    { ...query, params: { [text]: text } },
    { ...query, branchId: text, params: { order_id: 'x' } },
    { ...query, name: 'order.list', params: { status: text, cursor: text } },
    { ...subscribe, view: text },
    { ...subscribe, branchId: text },
    { ...subscribe, since: { epoch: text, version: 1 } },
    { type: 'unsubscribe', id: 'u', channel: text },
    { type: 'heartbeat', versions: { [text]: 1 }, queue: text },
    { type: 'heartbeat', versions: { 'main/board': text } },
    { type: 'auth', id: 'a', token: text },
  ];
  await doors.talk(encoding, [hello]);
  await doors.talk(encoding, many);
}

/** Into every text of every command, over both encodings and HTTP: for what no record may keep either. */
export async function floodCommands(flood: Flood, text: string): Promise<void> {
  const { doors, token } = flood;
  const payloads = Object.keys(COMMANDS).map((name) => ({ name, payload: everyField(text) }));
  const orders = [
    { order_type: 'dine_in', customer_name: text },
    { order_type: 'dine_in', note: `called twice, ${text}, will pay later` },
    { order_type: 'dine_in', table_no: text },
    { order_type: 'dine_in', lines: [{ item_id: 'x', qty: 1, note: text }] },
    { order_id: text, order_type: 'takeaway' },
  ].map((payload) => ({ name: 'order.open', payload }));
  const others = [
    { name: 'cash.paid_in', payload: { shift_id: 'x', amount: 1, reason: text } },
    { name: 'payment.add', payload: { order_id: 'x', method: 'card', amount: 1, reference: text } },
    { name: 'shift.open', payload: { opening_float: 0, register_id: text } },
    { name: 'menu.put_item', payload: { id: 'x', name: text, names: { de: text }, price: 1 } },
  ];
  const commands = [...payloads, ...orders, ...others];
  const plain = { name: 'order.open', payload: { order_type: 'dine_in' } };
  for (const encoding of ['json', 'msgpack'] as const) {
    const sent = commands.map((command, index) => ({
      ...{ type: 'command', id: `c${String(index)}`, key: `k-${encoding}-${String(index)}` },
      ...{ branchId: 'main', ...command },
    }));
    const around = { type: 'command', branchId: 'main', ...plain };
    await doors.talk(encoding, [
      { type: 'hello', id: 'h', token },
      ...sent,
      { ...around, id: text, key: 'k1' },
      { ...around, id: 'c', key: text },
      { ...around, id: 'c', key: 'k2', correlationId: text },
      { ...around, id: 'c', key: 'k3', [text]: text },
      { type: 'subscribe', id: 's', view: 'kitchen', branchId: 'main', station: text },
    ]);
  }
  for (const [index, body] of commands.entries()) {
    const headers = { 'idempotency-key': `h-${String(index)}` };
    await doors.ask({ path: COMMAND_PATH, method: 'POST', token, headers, body });
  }
  await floodRecords(flood, text);
  await floodCorrelation(flood, text);
}

/** The records that administrators write, and the headers that are kept with a command. */
async function floodRecords({ doors, token }: Flood, text: string): Promise<void> {
  const create = { 'if-none-match': '*' };
  const main = '/branches/main';
  const put = (path: string, body: object) =>
    doors.ask({ path: main + path, method: 'PUT', token, headers: create, body });
  await put('/staff/someone', { name: text, role: 'waiter' });
  await put(`/staff/${encodeURIComponent(text)}`, { name: 'Someone', role: 'waiter' });
  await put('/stations/pass', { name: text, names: { de: text } });
  await doors.ask({
    ...{ path: `${main}/pairing-codes`, method: 'POST', token, handsOut: true },
    body: { name: text, role: 'waiter' },
  });
  const body = { name: 'order.open', payload: { order_type: 'dine_in' } };
  const headers = { 'idempotency-key': encodable(text) };
  await doors.ask({ path: COMMAND_PATH, method: 'POST', token, headers, body });
}

/** The caller's name of what it does, which stands in answers, logs and events. */
export async function floodCorrelation({ doors, token }: Flood, text: string): Promise<void> {
  for (const header of ['x-correlation-id', 'x-request-id', 'traceparent']) {
    const headers = { 'idempotency-key': `with-${header}`, [header]: encodable(text) };
    const body = { name: 'order.open', payload: { order_type: 'dine_in' } };
    await doors.ask({ path: COMMAND_PATH, method: 'POST', token, headers, body });
    await doors.ask({ path: '/nothing', headers });
  }
  for (const encoding of ['json', 'msgpack'] as const) {
    const command = { type: 'command', id: 'c', key: `with-id-${encoding}`, branchId: 'main' };
    const opening = { name: 'order.open', payload: { order_type: 'dine_in' } };
    await doors.talk(encoding, [
      { type: 'hello', id: 'h', token },
      { ...command, ...opening, correlationId: text },
    ]);
  }
}

function everyField(text: string): object {
  const names = ['order_id', 'line_id', 'reason', 'note', 'name', 'customer_name', 'table_no'];
  names.push('shift_id', 'payment_id', 'reference', 'to_staff_id', 'item_id', 'id', 'method');
  return Object.fromEntries([...names, 'station'].map((name) => [name, text]));
}
