/** Subscribers that note the size of everything that they are sent: WebSocket frames as they stand on the wire. */
import { decode, encode } from '#dist/protocol/codec.js';
import {
  SUBPROTOCOLS,
  type ClientMessage,
  type Encoding,
  type HubMessage,
  type SubscribeMessage,
  type ViewName,
} from '#dist/protocol/messages.js';
import { frameHeaderBytes } from './frames.js';
import { RawSocket } from './raw-socket.js';

export interface Watched {
  readonly view: ViewName;
  readonly station?: string;
  readonly encoding: Encoding;
}

/** Versions and the bytes of the frame. */
export type DeltaSize = readonly [baseVersion: number, newVersion: number, bytes: number];

export interface Recorded {
  readonly watched: Watched;
  readonly deltas: readonly DeltaSize[];
  /** Of all messages, by their type. */
  readonly bytes: Readonly<Record<string, number>>;
}

/** What one newcomer, or one who comes back, was given. */
export interface Visit {
  readonly view: ViewName;
  /** Commits that it had missed when it asked, or a few more; null: it knew nothing. */
  readonly behind: number | null;
  /** Commits that it was told of. */
  readonly missed: number;
  /** `snapshot` also where somebody came back and a catch-up would have been longer. */
  readonly type: 'snapshot' | 'snapshot:delta';
  readonly bytes: number;
}

export interface RecordersOptions {
  readonly port: number;
  readonly token: string;
  readonly watched: readonly Watched[];
  /** Deltas of the first channel between two rounds of visits; null: nobody comes. */
  readonly visitEvery: number | null;
}

const BRANCH = 'main';
const VISITED: readonly ViewName[] = ['orders', 'kitchen'];
const BEHIND: readonly (number | null)[] = [null, 10, 100];

type Hear = (message: HubMessage, bytes: number) => void;

type Since = NonNullable<SubscribeMessage['since']>;

/** Live with its first snapshot. `since` gives null: it knows nothing. */
class Line {
  readonly #encoding: Encoding;
  #socket: RawSocket | null = null;

  private constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  static async open(
    { port, token }: Pick<RecordersOptions, 'port' | 'token'>,
    { view, station, encoding }: Watched,
    options: { readonly since: () => Since | null; readonly hear: Hear },
  ): Promise<Line> {
    const line = new Line(encoding);
    let ready = (): void => {};
    const live = new Promise<void>((resolve) => {
      ready = resolve;
    });
    line.#socket = await RawSocket.open({
      port,
      subprotocol: SUBPROTOCOLS[encoding],
      onMessage: (payload) => {
        const message = decode(payload, encoding) as HubMessage;
        options.hear(message, frameHeaderBytes(payload.length) + payload.length);
        if (message.type === 'heartbeat') {
          line.#send({ type: 'heartbeat', versions: message.versions });
        }
        if (message.type === 'snapshot' || message.type === 'snapshot:delta') ready();
      },
    });
    const since = options.since();
    line.#send({ type: 'hello', id: 'hello', token });
    line.#send({
      ...{ type: 'subscribe', id: 'subscribe', view, branchId: BRANCH },
      ...(station !== undefined && { station }),
      ...(since !== null && { since }),
    });
    await live;
    return line;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #send(message: ClientMessage): void {
    const opcode = this.#encoding === 'json' ? 'text' : 'binary';
    this.#socket?.send(encode(message, this.#encoding), opcode);
  }
}

class Recorder {
  readonly watched: Watched;
  readonly deltas: DeltaSize[] = [];
  readonly bytes: Record<string, number> = {};
  epoch = '';

  constructor(watched: Watched) {
    this.watched = watched;
  }

  hear(message: HubMessage, bytes: number): void {
    this.bytes[message.type] = (this.bytes[message.type] ?? 0) + bytes;
    if (message.type === 'snapshot') this.epoch = message.epoch;
    if (message.type !== 'delta') return;
    this.deltas.push([message.baseVersion, message.newVersion, bytes]);
  }
}

export class Recorders {
  readonly #options: RecordersOptions;
  readonly #recorders: readonly Recorder[];
  readonly #lines: Line[] = [];
  readonly #visits: Visit[] = [];
  #visiting: Promise<void> = Promise.resolve();

  constructor(options: RecordersOptions) {
    this.#options = options;
    this.#recorders = options.watched.map((watched) => new Recorder(watched));
  }

  async open(): Promise<void> {
    for (const [index, recorder] of this.#recorders.entries()) {
      const hear: Hear = (message, bytes) => {
        recorder.hear(message, bytes);
        if (index === 0 && message.type === 'delta') this.#maybeVisit(recorder);
      };
      this.#lines.push(
        await Line.open(this.#options, recorder.watched, { since: () => null, hear }),
      );
    }
  }

  /** Waits for the visits that are under way; rejects where one went wrong. */
  async report(): Promise<{
    readonly recorded: readonly Recorded[];
    readonly visits: readonly Visit[];
  }> {
    await this.#visiting;
    const recorded = this.#recorders.map(({ watched, deltas, bytes }) => ({
      ...{ watched, deltas, bytes },
    }));
    return { recorded, visits: this.#visits };
  }

  close(): void {
    for (const line of this.#lines.splice(0)) line.close();
  }

  #maybeVisit(recorder: Recorder): void {
    const { visitEvery } = this.#options;
    if (visitEvery === null || recorder.deltas.length % visitEvery !== 0) return;
    this.#visiting = this.#visiting.then(async () => {
      for (const view of VISITED) {
        for (const behind of BEHIND) await this.#visit(view, behind, recorder);
      }
    });
  }

  /** `recorder` tells where the branch is. */
  async #visit(view: ViewName, behind: number | null, recorder: Recorder): Promise<void> {
    let from = 0;
    const since = (): Since | null => {
      if (behind === null) return null;
      from = Math.max(1, (recorder.deltas.at(-1)?.[1] ?? 0) - behind);
      return { epoch: recorder.epoch, version: from };
    };
    const hear: Hear = (message, bytes) => {
      const { type } = message;
      if (type !== 'snapshot' && type !== 'snapshot:delta') return;
      const version = type === 'snapshot' ? message.version : message.newVersion;
      this.#visits.push({ view, behind, missed: version - from, type, bytes });
    };
    const line = await Line.open(this.#options, { view, encoding: 'msgpack' }, { since, hear });
    line.close();
  }
}
