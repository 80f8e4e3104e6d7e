/** The real door on a real port with an echo hub behind it, and what tests knock with. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import type { HubLimits } from '../../src/hub/options.js';
import { silentLog } from '../../src/base/log.js';
import { openDoor, type Door, type DoorOptions } from '../../src/server/ws/upgrade.js';
import { EchoHub } from './echo-hub.js';

export interface OpenDoor {
  readonly hub: EchoHub;
  readonly door: Door;
  readonly port: number;
  close(): Promise<void>;
}

export async function doorOnPort(
  more: Partial<DoorOptions> = {},
  limits: Partial<HubLimits> = {},
): Promise<OpenDoor> {
  const hub = new EchoHub(limits);
  let ids = 0;
  const door = openDoor({
    hub,
    allowedOrigins: ['https://till.example'],
    connectionsMax: 10,
    clientAddress: ({ socket }) => socket.remoteAddress ?? 'unknown',
    newId: () => `c${(ids += 1)}`,
    log: silentLog,
    ...more,
  });
  const server: Server = createServer();
  server.on('upgrade', (request, socket, head) => door.handle(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    hub,
    door,
    port: (server.address() as AddressInfo).port,
    async close() {
      door.cutAll();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const MSGPACK = 'expeditor.v1.msgpack';
export const JSON_TEXT = 'expeditor.v1.json';

export async function dial(
  port: number,
  protocols: string[] = [MSGPACK],
  options: ClientOptions & { path?: string } = {},
): Promise<WebSocket> {
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}${options.path ?? '/ws'}`,
    protocols,
    options,
  );
  await once(socket, 'open');
  return socket;
}

/** The HTTP status that an upgrade was refused with. */
export async function refusedWith(
  port: number,
  protocols: string[],
  options: ClientOptions & { path?: string } = {},
): Promise<string> {
  const error = await dial(port, protocols, options).then(
    () => new Error('was accepted'),
    (reason: unknown) => reason as Error,
  );
  return error.message.replace('Unexpected server response: ', '');
}

/** The `Retry-After` of the refusal of an upgrade, in seconds; empty: there is none. */
export async function retryAfter(port: number): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, [MSGPACK]);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  response.destroy();
  return response.headers['retry-after'] ?? '';
}

export async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

/** An upgraded TCP socket, for frames that no decent client would send. */
export async function dialRaw(port: number, protocol = MSGPACK): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
      `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  );
  await once(socket, 'readable');
  const head = String(socket.read());
  if (!head.startsWith('HTTP/1.1 101')) throw new Error(head);
  return socket;
}

/** A client's frame: masked with zeroes, so that the bytes stay readable. */
export function clientFrame(firstByte: number, payload: Uint8Array): Buffer {
  const length =
    payload.length <= 125
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([Buffer.from([firstByte]), length, Buffer.alloc(4), payload]);
}

/** The code of the close frame that comes next on a raw socket. */
export async function rawCloseCode(socket: Socket): Promise<number> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes[0] === 0x88 && bytes.length >= 4) return bytes.readUInt16BE(2);
  }
  return 1006;
}
