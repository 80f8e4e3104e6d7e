/** A connection that gives commands and pairs each with its answer. */
import { decode, encode } from '#dist/protocol/codec.js';
import type {
  AckMessage,
  ClientMessage,
  ErrorMessage,
  HubMessage,
  QueryName,
  ResultMessage,
  ViewName,
} from '#dist/protocol/messages.js';
import { systemClock } from '#dist/base/clock.js';
import { systemRandom, uuidV7Source } from '#dist/base/ids.js';
import type { ChannelCopy } from './channel-copy.js';
import { DELTA, firstLetterOfType, HEARTBEAT } from './peek.js';
import { RawSocket } from './raw-socket.js';

export type Answer = AckMessage | ErrorMessage;

export interface Command {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A channel that a till follows while it works. */
export interface Following {
  readonly view: ViewName;
  readonly copy: ChannelCopy;
}

export const newId = uuidV7Source(systemClock, systemRandom);

export class Till {
  readonly #branchId: string;
  readonly #following: Following | null;
  readonly #waiting = new Map<string, (answer: Answer | ResultMessage) => void>();
  #socket: RawSocket | null = null;
  #lastId = 0;
  #ready = (): void => {};

  private constructor(branchId: string, following: Following | null) {
    this.#branchId = branchId;
    this.#following = following;
  }

  /** Resolves when it was welcomed and, where it follows a channel, told what that holds. */
  static async open(
    port: number,
    token: string,
    branchId = 'main',
    following: Following | null = null,
  ): Promise<Till> {
    const till = new Till(branchId, following);
    const live = new Promise<void>((resolve) => {
      till.#ready = resolve;
    });
    till.#socket = await RawSocket.open({
      port,
      onMessage: (payload) => {
        till.#message(payload);
      },
    });
    till.#send({ type: 'hello', id: 'hello', token });
    if (following !== null) {
      till.#send({ type: 'subscribe', id: 'subscribe', view: following.view, branchId });
    }
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
    this.#waiting.set(id, (answer) => {
      if (answer.type !== 'result') answered(answer);
    });
    this.#send({ type: 'command', id, key, branchId: this.#branchId, ...command });
  }

  /** The result of a query. */
  ask(name: QueryName, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.#lastId += 1;
    const id = String(this.#lastId);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        if (answer.type === 'result') resolve(answer.result);
        else reject(new Error(`${name} was answered with ${JSON.stringify(answer)}`));
      });
      this.#send({ type: 'query', id, branchId: this.#branchId, name, params });
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(encode(message, 'msgpack'));
  }

  #message(payload: Buffer): void {
    switch (firstLetterOfType(payload)) {
      case DELTA:
        this.#following?.copy.delta(payload);
        break;
      case HEARTBEAT: {
        const { versions } = decode(payload, 'msgpack') as { versions: Record<string, number> };
        if (this.#following !== null) this.#send({ type: 'heartbeat', versions });
        break;
      }
      default:
        this.#take(decode(payload, 'msgpack') as HubMessage);
    }
  }

  #take(message: HubMessage): void {
    switch (message.type) {
      case 'welcome':
        if (this.#following === null) this.#ready();
        break;
      case 'snapshot':
      case 'snapshot:delta':
        this.#following?.copy.catchUp(message);
        this.#ready();
        break;
      case 'ack':
      case 'error':
      case 'result':
        this.#answered(message);
        break;
      case 'delta':
      case 'heartbeat':
      case 'notice':
      case 'pong':
        break;
    }
  }

  #answered(message: Answer | ResultMessage): void {
    const id = message.id ?? '';
    const answered = this.#waiting.get(id);
    this.#waiting.delete(id);
    answered?.(message);
  }
}

/** What must not happen in a measurement. */
export function expectAck(command: Command, answer: Answer): AckMessage {
  if (answer.type === 'ack') return answer;
  throw new Error(`${command.name} was refused: ${answer.code}: ${answer.message}`);
}
