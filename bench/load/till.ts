/** A connection that gives commands and pairs each with its answer. */
import { decode, encode } from '#dist/protocol/codec.js';
import type {
  AckMessage,
  ClientMessage,
  ErrorMessage,
  HubMessage,
} from '#dist/protocol/messages.js';
import { systemClock } from '#dist/base/clock.js';
import { systemRandom, uuidV7Source } from '#dist/base/ids.js';
import { RawSocket } from './raw-socket.js';

export type Answer = AckMessage | ErrorMessage;

export interface Command {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const newId = uuidV7Source(systemClock, systemRandom);

export class Till {
  readonly #branchId: string;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #socket: RawSocket | null = null;
  #lastId = 0;

  private constructor(branchId: string) {
    this.#branchId = branchId;
  }

  /** Resolves when it was welcomed. */
  static async open(port: number, token: string, branchId = 'main'): Promise<Till> {
    const till = new Till(branchId);
    let welcomed = (): void => {};
    const live = new Promise<void>((resolve) => {
      welcomed = resolve;
    });
    till.#socket = await RawSocket.open({
      port,
      onMessage: (payload) => {
        const message = decode(payload, 'msgpack') as HubMessage;
        if (message.type === 'welcome') welcomed();
        else till.#take(message);
      },
    });
    till.#send({ type: 'hello', id: 'hello', token });
    await live;
    return till;
  }

  /** Sends it with the turn, without waiting for answers before it. */
  give(command: Command, key = newId()): Promise<Answer> {
    return new Promise((resolve) => {
      this.giveThen(command, resolve, key);
    });
  }

  /** As `give`, with a call in place of a promise. */
  giveThen(command: Command, answered: (answer: Answer) => void, key = newId()): void {
    this.#lastId += 1;
    const id = String(this.#lastId);
    this.#waiting.set(id, answered);
    this.#send({ type: 'command', id, key, branchId: this.#branchId, ...command });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(encode(message, 'msgpack'));
  }

  #take(message: HubMessage): void {
    if (message.type !== 'ack' && message.type !== 'error') return;
    const answered = this.#waiting.get(message.id ?? '');
    if (answered === undefined) return;
    this.#waiting.delete(message.id ?? '');
    answered(message);
  }
}

/** What must not happen in a measurement. */
export function expectAck(command: Command, answer: Answer): AckMessage {
  if (answer.type === 'ack') return answer;
  throw new Error(`${command.name} was refused: ${answer.code}: ${answer.message}`);
}
