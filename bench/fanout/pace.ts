/** Ticks of a broadcaster, at a steady rate or as fast as its subscribers read, and the CPU that they take. */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { monotonicNow } from '../measure/now.js';
import type { Broadcaster, TickLoad } from './broadcaster.js';

export interface Phase {
  readonly load: TickLoad;
  readonly ms: number;
  /** Between two ticks; null: the next one when all that the last one wrote is with the kernel. */
  readonly everyMs: number | null;
}

export interface PhaseReport {
  readonly ticks: number;
  /** All threads of the process, user and system. */
  readonly cpuUs: number;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
}

const LOOK_AGAIN_MS = 1;

/** Make it before the broadcaster: it watches the sockets that come in. */
export class Pacer {
  readonly #sockets = new Set<Socket>();

  constructor() {
    subscribe('net.server.socket', (message) => {
      const { socket } = message as { readonly socket: Socket };
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Never ticks while bytes of the tick before wait in the process, so that a slow reader slows all sides alike. */
  run(broadcaster: Broadcaster, { load, ms, everyMs }: Phase): Promise<PhaseReport> {
    const startedAt = monotonicNow();
    const cpu = process.cpuUsage();
    let ticks = 0;
    let dueAt = startedAt;
    return new Promise((resolve) => {
      const step = (): void => {
        const now = monotonicNow();
        if (!this.#isDrained()) {
          if (everyMs === null) setImmediate(step);
          else setTimeout(step, LOOK_AGAIN_MS);
        } else if (now - startedAt >= ms) {
          const { user, system } = process.cpuUsage(cpu);
          resolve({ ticks, cpuUs: user + system, startedAt });
        } else if (now < dueAt) {
          setTimeout(step, dueAt - now);
        } else {
          broadcaster.tick(load);
          ticks += 1;
          dueAt += everyMs ?? 0;
          // The hub writes in an immediate of its own, which comes first.
          setImmediate(step);
        }
      };
      step();
    });
  }

  #isDrained(): boolean {
    for (const { writableLength } of this.#sockets) if (writableLength > 0) return false;
    return true;
  }
}
