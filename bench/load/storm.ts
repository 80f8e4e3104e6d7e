/**
 * Subscribers who are cut off all at once and come back all at once, each with the version that it held. Most read only the kind
 * and the version of what they are told; a few hold a whole copy, across the cut.
 */
import { decode, encode } from '#dist/protocol/codec.js';
import type { ClientMessage, HubMessage, ViewName } from '#dist/protocol/messages.js';
import { Latencies, type LatencySummary } from '../measure/latency.js';
import { monotonicNow } from '../measure/now.js';
import { canonical, ChannelCopy } from './channel-copy.js';
import { catchUpKind, DELTA, firstLetterOfType, HEARTBEAT, versionAfter } from './peek.js';
import { RawSocket } from './raw-socket.js';

export interface StormOptions {
  readonly port: number;
  /** One a client. */
  readonly tokens: readonly string[];
  readonly view: ViewName;
  /** How many of them hold a whole copy. */
  readonly checking: number;
}

export interface StormReport {
  /** From the cut until the last one had its answer. */
  readonly allLiveMs: number;
  /** From the cut until everybody held what the last one was given, or more. */
  readonly allEqualMs: number;
  /** From the cut to the answer, each. */
  readonly live: LatencySummary;
  readonly byCatchUp: number;
  readonly bySnapshot: number;
  /** Until it was live again, each on average: welcome, answer, and deltas that came between. */
  readonly bytesEach: number;
  readonly snapshotBytes: number;
}

interface Since {
  readonly epoch: string;
  readonly version: number;
}

type CatchUpKind = 'snapshot' | 'snapshot:delta';

interface Answer {
  readonly kind: CatchUpKind;
  readonly at: number;
  readonly bytesUntil: number;
  readonly payloadBytes: number;
}

class StormClient {
  readonly #options: StormOptions;
  readonly #token: string;
  /** null: it reads no more than kinds and versions. */
  readonly copy: ChannelCopy | null;
  readonly faults: string[] = [];
  /** What it holds. */
  version = 0;
  #epoch = '';
  #sessionId: string | null = null;
  #socket: RawSocket | null = null;
  #answered: ((answer: Answer) => void) | null = null;

  constructor(options: StormOptions, index: number) {
    this.#options = options;
    this.#token = options.tokens[index] ?? '';
    this.copy = index < options.checking ? new ChannelCopy(true, () => {}) : null;
  }

  get since(): Since {
    return { epoch: this.#epoch, version: this.version };
  }

  /** Resolves with what `subscribe` was answered. */
  async open(since: Since | null): Promise<Answer> {
    const { port, view } = this.#options;
    this.version = since?.version ?? 0;
    const answered = new Promise<Answer>((resolve) => {
      this.#answered = resolve;
    });
    const socket = await RawSocket.open({
      port,
      onMessage: (payload) => {
        this.#message(payload);
      },
    });
    this.#socket = socket;
    const continues = this.#sessionId === null ? {} : { sessionId: this.#sessionId };
    this.#send({ type: 'hello', id: 'hello', token: this.#token, ...continues });
    const from = since === null ? {} : { since };
    this.#send({ type: 'subscribe', id: 'subscribe', view, branchId: 'main', ...from });
    return answered;
  }

  cut(): void {
    this.#socket?.destroy();
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(encode(message, 'msgpack'));
  }

  #message(payload: Buffer): void {
    const kind = catchUpKind(payload);
    if (kind !== null) {
      this.#caughtUp(kind, payload);
      return;
    }
    switch (firstLetterOfType(payload)) {
      case DELTA:
        this.version = versionAfter(payload);
        this.copy?.delta(payload);
        break;
      case HEARTBEAT: {
        const { versions } = decode(payload, 'msgpack') as { versions: Record<string, number> };
        this.#send({ type: 'heartbeat', versions });
        break;
      }
      default:
        this.#other(decode(payload, 'msgpack') as HubMessage);
    }
  }

  #caughtUp(kind: CatchUpKind, payload: Buffer): void {
    this.version = versionAfter(payload);
    this.copy?.catchUp(decode(payload, 'msgpack') as never);
    const bytesUntil = this.#socket?.bytesReceived ?? 0;
    this.#answered?.({ kind, at: monotonicNow(), bytesUntil, payloadBytes: payload.length });
    this.#answered = null;
  }

  #other(message: HubMessage): void {
    if (message.type === 'welcome') {
      this.#epoch = message.epoch;
      this.#sessionId = message.sessionId;
    } else if (message.type !== 'notice') {
      this.faults.push(`got ${JSON.stringify(message)}`);
    }
  }
}

/** Clients that open side by side at the beginning; after a cut it is all of them. */
const OPENING_AT_A_TIME = 50;
const POLL_MS = 2;
const WAIT_MS = 60_000;

export class Storm {
  readonly #options: StormOptions;
  readonly #clients: readonly StormClient[];
  #snapshotBytes = 0;

  constructor(options: StormOptions) {
    this.#options = options;
    this.#clients = options.tokens.map((_, index) => new StormClient(options, index));
  }

  /** Those that hold a copy are given a snapshot; the others say that they hold that version already. */
  async open(): Promise<void> {
    const [first, ...others] = this.#clients;
    if (first === undefined) throw new Error('a storm of nobody');
    this.#snapshotBytes = (await first.open(null)).payloadBytes;
    const { since } = first;
    for (let at = 0; at < others.length; at += OPENING_AT_A_TIME) {
      const next = others.slice(at, at + OPENING_AT_A_TIME);
      await Promise.all(next.map((client) => client.open(client.copy === null ? since : null)));
    }
  }

  /** Cuts everybody in one turn of the event loop; everybody knocks again in the next. */
  async cut(): Promise<StormReport> {
    const from = monotonicNow();
    for (const client of this.#clients) client.cut();
    const answers = await Promise.all(this.#clients.map((client) => client.open(client.since)));
    const allLiveMs = Math.max(...answers.map(({ at }) => at)) - from;
    await this.#allHold(Math.max(...this.#clients.map(({ version }) => version)));
    const allEqualMs = monotonicNow() - from;
    const live = new Latencies();
    for (const { at } of answers) live.record(at - from);
    const byCatchUp = answers.filter(({ kind }) => kind === 'snapshot:delta').length;
    return {
      allLiveMs,
      allEqualMs,
      live: live.summary(),
      byCatchUp,
      bySnapshot: answers.length - byCatchUp,
      bytesEach: answers.reduce((sum, { bytesUntil }) => sum + bytesUntil, 0) / answers.length,
      snapshotBytes: this.#snapshotBytes,
    };
  }

  /** What somebody was told wrong, or holds that a newcomer is not given, once no more is under way; empty: nothing. */
  async check(): Promise<readonly string[]> {
    const fresh = new StormClient({ ...this.#options, checking: 1 }, 0);
    await fresh.open(null);
    fresh.cut();
    await this.#allHold(fresh.version);
    const expected = canonical(fresh.copy?.replica ?? null);
    const copies = this.#clients.flatMap(({ copy }) => (copy === null ? [] : [copy]));
    const differing = copies.filter(({ replica }) => canonical(replica) !== expected).length;
    return [
      ...this.#clients.flatMap(({ faults }) => faults),
      ...copies.flatMap(({ faults }) => faults),
      ...(differing > 0 ? [`${differing} copies differ from a fresh snapshot`] : []),
    ].slice(0, 10);
  }

  close(): void {
    for (const client of this.#clients) client.cut();
  }

  async #allHold(version: number): Promise<void> {
    const deadline = monotonicNow() + WAIT_MS;
    for (;;) {
      const behind = this.#clients.filter((client) => client.version < version).length;
      if (behind === 0) return;
      if (monotonicNow() > deadline) throw new Error(`${behind} clients never got ${version}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
