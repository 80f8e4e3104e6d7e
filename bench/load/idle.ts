/** Connections that say hello and then nothing but what keeps them alive. */
import { decode, encode } from '#dist/protocol/codec.js';
import type { HubMessage, ViewName } from '#dist/protocol/messages.js';
import { DELTA, firstLetterOfType, HEARTBEAT } from './peek.js';
import { RawSocket } from './raw-socket.js';

export interface IdleOptions {
  readonly port: number;
  readonly tokens: readonly string[];
  /** What each follows; null: nothing. */
  readonly view: ViewName | null;
}

/** Of one address: 127.0.0.1 has some 28,000 ports, and others may use them. */
const PORTS_PER_ADDRESS = 2_000;
const AT_A_TIME = 50;

export class Idle {
  readonly #options: IdleOptions;
  readonly #sockets: RawSocket[] = [];
  #closed = 0;

  constructor(options: IdleOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { tokens } = this.#options;
    for (let from = 0; from < tokens.length; from += AT_A_TIME) {
      const some = tokens.slice(from, from + AT_A_TIME);
      await Promise.all(some.map((token, at) => this.#connect(token, from + at)));
    }
  }

  /** Connections that the hub has ended. */
  get closed(): number {
    return this.#closed;
  }

  async #connect(token: string, nth: number): Promise<void> {
    const { port, view } = this.#options;
    let live = (): void => {};
    const isLive = new Promise<void>((resolve) => {
      live = resolve;
    });
    const socket = await RawSocket.open({
      port,
      localAddress: `127.0.1.${String(1 + Math.floor(nth / PORTS_PER_ADDRESS))}`,
      onMessage: (payload) => {
        const letter = firstLetterOfType(payload);
        if (letter === DELTA) return;
        const message = decode(payload, 'msgpack') as HubMessage;
        if (letter === HEARTBEAT && message.type === 'heartbeat') {
          socket.send(encode({ type: 'heartbeat', versions: message.versions }, 'msgpack'));
        } else if (message.type === (view === null ? 'welcome' : 'snapshot')) {
          live();
        }
      },
      onClose: () => {
        this.#closed += 1;
      },
    });
    this.#sockets.push(socket);
    socket.send(encode({ type: 'hello', id: 'hello', token }, 'msgpack'));
    if (view !== null) {
      socket.send(
        encode({ type: 'subscribe', id: 'subscribe', view, branchId: 'main' }, 'msgpack'),
      );
    }
    await isLive;
  }
}
