import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { SocketConnection } from '../../src/server/ws/connection.js';
import { frameMessage } from '../../src/server/ws/frame.js';
import {
  clientFrame,
  closeCode,
  dial,
  dialRaw,
  doorOnPort,
  JSON_TEXT,
  MSGPACK,
  rawCloseCode,
  type OpenDoor,
} from './door.js';
import { frameOf } from './echo-hub.js';

const KIB = 1024;

async function nextMessage(socket: WebSocket): Promise<{ bytes: Buffer; isBinary: boolean }> {
  const [bytes, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  return { bytes, isBinary };
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

describe('a connection', () => {
  let open: OpenDoor | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  it('O-WS-6 a message of 64 KiB passes, a larger one closes 1009', async () => {
    open = await doorOnPort();
    const socket = await dial(open.port);
    socket.send(new Uint8Array(64 * KIB));
    expect((await nextMessage(socket)).bytes.length).toBe(64 * KIB);
    socket.send(new Uint8Array(64 * KIB + 1));
    expect(await closeCode(socket)).toBe(1009);
  });

  it('O-WS-7 a message of 64 fragments passes, one of more closes 1009', async () => {
    open = await doorOnPort();
    open.hub.echoes = false;
    const socket = await dialRaw(open.port);
    const one = Buffer.from([1]);
    const middle = Array.from({ length: 62 }, () => clientFrame(0x00, one));
    socket.write(Buffer.concat([clientFrame(0x02, one), ...middle, clientFrame(0x80, one)]));
    await open.hub.heard('message 64');
    socket.write(Buffer.concat([clientFrame(0x02, one), ...middle, ...middle]));
    expect(await rawCloseCode(socket)).toBe(1009);
    expect(open.hub.told).not.toContain('message 65');
  });

  it('O-WS-8 a frame of the other kind, broken framing and broken UTF-8 close 4400', async () => {
    open = await doorOnPort();
    const binary = await dial(open.port, [MSGPACK]);
    binary.send('text');
    expect(await closeCode(binary)).toBe(4400);
    const text = await dial(open.port, [JSON_TEXT]);
    text.send(new Uint8Array(3));
    expect(await closeCode(text)).toBe(4400);
    const reserved = await dialRaw(open.port);
    reserved.write(clientFrame(0xf2, Buffer.alloc(3)));
    expect(await rawCloseCode(reserved)).toBe(4400);
    const unreadable = await dialRaw(open.port, JSON_TEXT);
    unreadable.write(clientFrame(0x81, Buffer.from([0xff, 0xfe])));
    expect(await rawCloseCode(unreadable)).toBe(4400);
    expect(open.hub.told.filter((what) => what.startsWith('message'))).toEqual([]);
  });

  it('O-WS-9 frames of every length arrive whole and in order, text for json and binary for msgpack', async () => {
    open = await doorOnPort();
    for (const protocol of [MSGPACK, JSON_TEXT]) {
      const socket = await dial(open.port, [protocol]);
      const connection = open.hub.connections.at(-1);
      const messages = [0, 1, 125, 126, 65_535, 65_536, 200_000].map(pattern);
      const received: { bytes: Buffer; isBinary: boolean }[] = [];
      socket.on('message', (bytes: Buffer, isBinary) => received.push({ bytes, isBinary }));
      // Text must be UTF-8 for the client to take it: the pattern's low half alone.
      const sent = messages.map((bytes) => bytes.map((byte) => byte & 0x7f));
      const encoding = connection?.encoding ?? 'msgpack';
      connection?.write(sent.map((message) => frameOf(message, encoding)));
      while (received.length < sent.length) await nextMessage(socket);
      expect(received.map(({ bytes }) => bytes.length)).toEqual(sent.map(({ length }) => length));
      for (const [index, { bytes, isBinary }] of received.entries()) {
        expect(bytes.equals(sent[index]!)).toBe(true);
        expect(isBinary).toBe(protocol === MSGPACK);
      }
    }
  });

  it('O-WS-9 connections are each sent their own frames, whether or not others were sent the same', async () => {
    open = await doorOnPort();
    const sockets = [await dial(open.port), await dial(open.port), await dial(open.port)];
    const [one, two, three] = [10, 20, 30].map((length) => frameOf(pattern(length), 'msgpack'));
    const given = [
      [one!, two!],
      [one!, two!],
      [one!, two!, three!],
      [two!, three!],
      [one!, two!],
    ];
    for (const [nth, frames] of given.entries()) {
      const socket = sockets[nth % sockets.length]!;
      const lengths: number[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on('message', (bytes: Buffer) => {
          expect(bytes.equals(pattern(bytes.length))).toBe(true);
          if (lengths.push(bytes.length) === frames.length) resolve();
        });
      });
      open.hub.connections[nth % sockets.length]?.write(frames);
      await all;
      socket.removeAllListeners('message');
      expect(lengths).toEqual(frames.map(({ bytes, headerBytes }) => bytes - headerBytes));
    }
  });

  it('O-WS-9 a frame of several parts is one message, and its big part is not copied', async () => {
    open = await doorOnPort();
    const socket = await dial(open.port);
    const big = pattern(100_000);
    const parts = [pattern(30), big, pattern(7)];
    for (const headRoom of [0, 3, 10]) {
      const first = new Uint8Array(headRoom + 30);
      first.set(pattern(30), headRoom);
      const frame = frameMessage([first, big, pattern(7)], 'msgpack', headRoom);
      expect(frame.chunks).toContain(big);
      expect(frame.bytes).toBe(frame.chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      const arrives = nextMessage(socket);
      open.hub.connections[0]?.write([frame]);
      expect((await arrives).bytes.equals(Buffer.concat(parts))).toBe(true);
    }
    const alone = frameMessage([big], 'msgpack', 0);
    expect(alone.chunks).toHaveLength(2);
    expect(alone.chunks[1]?.buffer).toBe(big.buffer);
  });

  it('O-WS-10 drained is told when a slow reader has let the buffer come down to 0', async () => {
    open = await doorOnPort();
    const socket = await dialRaw(open.port);
    const connection = open.hub.connections[0]!;
    const frame = frameOf(new Uint8Array(1_000_000), 'msgpack');
    connection.write(Array.from({ length: 16 }, () => frame));
    expect(connection.bufferedBytes).toBeGreaterThan(0);
    expect(open.hub.told).not.toContain('drained');
    socket.resume();
    await open.hub.heard('drained');
    expect(connection.bufferedBytes).toBe(0);
  });

  it('O-WS-11 what was written arrives before the close, and nothing is told after it', async () => {
    open = await doorOnPort();
    const socket = await dial(open.port);
    const connection = open.hub.connections[0]!;
    let received = 0;
    socket.on('message', (bytes: Buffer) => (received += bytes.length));
    connection.write(
      Array.from({ length: 8 }, () => frameOf(new Uint8Array(KIB * KIB), 'msgpack')),
    );
    connection.close(1012, 'the hub restarts');
    connection.write([frameOf(new Uint8Array(5), 'msgpack')]);
    expect(await closeCode(socket)).toBe(1012);
    expect(received).toBe(8 * KIB * KIB);
    await open.hub.heard('closed 1012');
    connection.terminate();
    expect(open.hub.told.at(-1)).toBe('closed 1012');
  });

  it('O-WS-12 a peer that does not answer the close frame is cut after the wait', async () => {
    open = await doorOnPort({ closeWaitMs: 20 });
    await dialRaw(open.port);
    open.hub.connections[0]?.close(1001, 'gone');
    await open.hub.heard('closed 1006');
  });

  it('O-WS-13 pings of the peer and its pongs are signs of life', async () => {
    open = await doorOnPort();
    const socket = await dial(open.port);
    open.hub.connections[0]?.ping();
    await open.hub.heard('alive');
    const before = open.hub.told.length;
    socket.ping();
    await once(socket, 'pong');
    expect(open.hub.told.slice(before)).toEqual(['alive']);
  });

  it('O-WS-14 where ws hides its socket, frames go through its own send', async () => {
    open = await doorOnPort();
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [accepted] = (await once(server, 'connection')) as [WebSocket];
    const hidden = new Proxy(accepted, {
      get(target, name) {
        if (name === '_socket') return undefined;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const connection = new SocketConnection(hidden, {
      id: 'c1',
      encoding: 'msgpack',
      remoteAddress: 'test',
    });
    connection.tell(open.hub.accept(connection));
    const arrives = nextMessage(socket);
    connection.write([frameOf(pattern(300), 'msgpack')]);
    expect((await arrives).bytes.equals(pattern(300))).toBe(true);
    connection.write([frameOf(new Uint8Array(16_000_000), 'msgpack')]);
    expect(connection.bufferedBytes).toBeGreaterThan(0);
    await open.hub.heard('drained');
    socket.terminate();
    server.close();
    await once(server, 'close');
  });

  it('O-LOG-1 each message is handled under a correlation id of its own', async () => {
    open = await doorOnPort();
    const socket = await dial(open.port);
    for (let index = 0; index < 2; index += 1) {
      socket.send(new Uint8Array(1));
      await nextMessage(socket);
    }
    expect(open.hub.correlations).toEqual(['c1.1', 'c1.2']);
  });
});
