/**
 * A TCP proxy on the loopback that cuts each connection after a number of bytes chosen at random, in either direction: in the
 * middle of a frame, of the HTTP upgrade or of a snapshot. It forwards every byte before the cut and none after it.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../support/random-traffic/random.js';

/** An upgrade with its answer, and the greeting after it, take a few hundred bytes each way. */
const GREETING_BYTES = 1_500;
const BYTES_MAX = 60_000;
/** A connection that carries little is cut after at most so long. */
const LIFE_MAX_MS = 250;
/** Some live as long as it takes to carry a whole snapshot. */
const LONG_LIFE_MS = 1_000;

interface Limits {
  readonly up: number;
  readonly down: number;
  readonly lifeMs: number;
}

export class CuttingProxy {
  /** Connections that were cut. */
  cuts = 0;
  /** Bytes forwarded both ways. */
  bytes = 0;
  readonly #target: number;
  readonly #dice: Random;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCutting = true;

  private constructor(target: number, dice: Random) {
    this.#target = target;
    this.#dice = dice;
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  /** In front of a port of this machine. */
  static async open(target: number, dice: Random): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, dice);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `ws://127.0.0.1:${String(port)}/ws`;
  }

  /** What is opened from now on stands; what stands is cut once more. */
  stopCutting(): void {
    this.#isCutting = false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    const hub = connect(this.#target, '127.0.0.1');
    const pair = [client, hub];
    const limits = this.#isCutting ? this.#chooseLimits() : null;
    let isOver = false;
    const cut = (): void => {
      if (isOver) return;
      isOver = true;
      this.cuts += 1;
      clearTimeout(timer);
      for (const socket of pair) {
        if (this.#dice.chance(0.5)) socket.resetAndDestroy();
        else socket.destroy();
      }
    };
    const timer = setTimeout(() => {
      if (limits !== null) cut();
    }, limits?.lifeMs);
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    this.#forward(client, hub, { bytesMax: limits?.up ?? Infinity, cut });
    this.#forward(hub, client, { bytesMax: limits?.down ?? Infinity, cut });
  }

  #forward(from: Socket, to: Socket, until: { bytesMax: number; cut: () => void }): void {
    let left = until.bytesMax;
    from.on('data', (chunk: Buffer) => {
      if (left <= 0) return;
      const part = chunk.subarray(0, Math.min(chunk.length, left));
      left -= part.length;
      this.bytes += part.length;
      const isLast = left <= 0;
      to.write(part, () => {
        if (isLast) until.cut();
      });
    });
  }

  /** Every size of connection is as likely as the next: a few bytes, the greeting, a delta, a snapshot. */
  #chooseLimits(): Limits {
    const dice = this.#dice;
    const bytes = (): number =>
      Math.ceil(GREETING_BYTES * (BYTES_MAX / GREETING_BYTES) ** dice.next());
    const early = (): number => dice.whole(1, GREETING_BYTES);
    if (dice.chance(0.08)) return { up: Infinity, down: Infinity, lifeMs: LONG_LIFE_MS };
    const lifeMs = dice.whole(5, LIFE_MAX_MS);
    if (dice.chance(0.5)) {
      return { up: dice.chance(0.2) ? early() : bytes(), down: Infinity, lifeMs };
    }
    return { up: Infinity, down: dice.chance(0.2) ? early() : bytes(), lifeMs };
  }
}
