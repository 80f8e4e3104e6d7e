/** A hub in this process, driven through its own door: connections without sockets, timers by hand, a store of choice. */
import { SettableClock } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import { silentLog, type Log } from '../../src/base/log.js';
import type { Role } from '../../src/domain/rows.js';
import { seedChangeSet, type Seed } from '../../src/domain/seed.js';
import type { Hub } from '../../src/hub/hub.js';
import { openHub } from '../../src/hub/open.js';
import type { HubLimits, TokenVerdict } from '../../src/hub/options.js';
import type { Encoding, Principal } from '../../src/protocol/messages.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/port.js';
import { refuse } from '../../src/base/refusal.js';
import { HubClient } from './hub-client.js';
import { ManualTimers } from './manual-timers.js';
import { plainFrame } from './fake-connection.js';
import { testSeed } from './seed.js';
import { committed, request } from './store.js';

/** 18 May 2019, 18:00 in London. */
export const EVENING = Date.UTC(2019, 4, 18, 17);

export interface TestHubOptions {
  readonly store?: Store;
  readonly limits?: Partial<HubLimits>;
  readonly clock?: SettableClock;
  /** Branches to make in a store that has none. */
  readonly seeds?: readonly Seed[];
  readonly random?: () => number;
  /** Default: setImmediate. */
  readonly nextTick?: (flush: () => void) => void;
  /** Default: silent. */
  readonly log?: Log;
  /** Default: as the branches' settings say. */
  readonly rollover?: boolean;
}

export interface ClientOptions {
  readonly role: Role;
  readonly branchId?: string;
  readonly name?: string;
  readonly deviceId?: string;
  readonly encoding?: Encoding;
  readonly sessionId?: string;
}

export async function seedStore(store: Store, seeds: readonly Seed[], at: number): Promise<void> {
  for (const seed of seeds) {
    const more = { key: null, command: 'branch.seed', at };
    await committed(store, request(seed.branch.id, seedChangeSet(seed), more));
  }
}

export class TestHub {
  readonly hub: Hub;
  readonly timers: ManualTimers;
  readonly clock: SettableClock;
  readonly store: Store;
  #devices = 0;

  private constructor(parts: Pick<TestHub, 'hub' | 'timers' | 'clock' | 'store'>) {
    this.hub = parts.hub;
    this.timers = parts.timers;
    this.clock = parts.clock;
    this.store = parts.store;
  }

  static async open(options: TestHubOptions = {}): Promise<TestHub> {
    const clock = options.clock ?? new SettableClock(EVENING);
    const timers = new ManualTimers();
    const newId = uuidV7Source(clock);
    const store = options.store ?? createMemoryStore({ clock, newId, nextTick: setImmediate });
    if ((await store.load()).length === 0) {
      await seedStore(store, options.seeds ?? [testSeed('main'), testSeed('other')], clock.now());
    }
    const hub = await openHub({
      store,
      clock,
      timers,
      nextTick: options.nextTick ?? setImmediate,
      newId,
      random: options.random ?? (() => 0.5),
      log: options.log ?? silentLog,
      verifyToken: (token) => Promise.resolve(verdictOf(token)),
      frame: plainFrame,
      ...(options.limits !== undefined && { limits: options.limits }),
      ...(options.rollover !== undefined && { rollover: options.rollover }),
    });
    return new TestHub({ hub, timers, clock, store });
  }

  /** A connected and welcomed client, on a device of its own unless one is named. */
  async client(options: ClientOptions): Promise<HubClient> {
    const client = this.connect(options.encoding);
    await client.hello(this.token(options), options.sessionId);
    return client;
  }

  /** A connection that has said nothing yet. */
  connect(encoding: Encoding = 'msgpack'): HubClient {
    return new HubClient(this.hub, encoding);
  }

  token({ role, branchId = 'main', name = role, deviceId }: ClientOptions): string {
    this.#devices += 1;
    const device = deviceId ?? `device-${String(this.#devices)}`;
    const principal: Principal = { id: name, name, role, branch_id: branchId, device_id: device };
    return JSON.stringify(principal);
  }

  /** Lets everything run that is ready to. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    const drained = this.hub.drain();
    for (let waited = 0; waited < 200 && this.hub.state !== 'closed'; waited += 1) {
      this.timers.advance(50);
      await this.settle();
    }
    await drained;
    await this.store.close();
  }
}

/** In these tests a token is its principal in JSON, valid for an hour unless `expires_in_ms` stands in it. */
function verdictOf(token: string): TokenVerdict {
  if (token === 'expired') {
    return { kind: 'refused', refusal: refuse('token_expired', 'this token has expired') };
  }
  try {
    const {
      expires_in_ms: expiresInMs = 3_600_000,
      session_id: sessionId = null,
      issued_at: issuedAt = Number.MAX_SAFE_INTEGER,
      ...principal
    } = JSON.parse(token) as Principal & {
      readonly expires_in_ms?: number;
      readonly session_id?: string;
      readonly issued_at?: number;
    };
    const grant = { sessionId, issuedAt };
    return { kind: 'valid', principal, grant, expiresInMs };
  } catch {
    return { kind: 'refused', refusal: refuse('unauthenticated', 'this is no token of ours') };
  }
}
