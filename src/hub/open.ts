/** Opens a hub: branches from the store, sessions for connections, one tick for all that is to be written. */
import { durationSpread } from './spread.js';
import type { Cancel } from '../base/clock.js';
import type { Histograms } from '../base/histogram.js';
import { refuse, type Refusal } from '../base/refusal.js';
import { CLOSE } from '../protocol/close-codes.js';
import type { NoticeMessage, Principal } from '../protocol/messages.js';
import { ColdCache } from '../store/cold-cache.js';
import type { LoadedBranch, StoreStatus } from '../store/port.js';
import { BranchHub } from './branch/branch.js';
import { Devices } from './channels/devices.js';
import { BranchConsistency } from './consistency/branch-consistency.js';
import { newConsistencyCounts } from './consistency/options.js';
import { OutsideWatcher } from './consistency/outside-watcher.js';
import { RandomCheck } from './consistency/random-check.js';
import type { Connection, ConnectionEvents } from './connection.js';
import { BranchChannels } from './fanout/branch-channels.js';
import { newFanoutCounts } from './fanout/counts.js';
import type { HubBranch } from './hub-branch.js';
import type { Hub, HubState } from './hub.js';
import { newHubMeasures } from './measures.js';
import { AddressLimits } from './limits/addresses.js';
import { SAMPLE_MS } from './limits/admission.js';
import { RequestGate } from './limits/request-gate.js';
import { HUB_LIMITS, type Credential, type HubLimits, type HubOptions } from './options.js';
import { Queries } from './queries.js';
import { countOutcome, newSessionCounts, type Outcome } from './session/counts.js';
import type { HostedSession, SessionHost } from './session/session-host.js';
import { Session } from './session/session.js';
import { Rollover } from './rollover.js';
import { EndedSessions, objection } from './standing.js';
import { hubStats } from './stats.js';

/** Logins ended before this start whose access tokens may still be about. */
const REVOKED_SINCE_MS = 16 * 60_000;
const SWEEP_MS = 1_000;
const DRAIN_POLL_MS = 20;
/** Clients come back from a restart spread over this time. */
const RECONNECT_SPREAD_MS = { from: 500, to: 3_000 };

export async function openHub(options: HubOptions): Promise<Hub> {
  const loaded = options.loaded ?? (await options.store.load());
  const hub = new OpenedHub(options, loaded);
  await hub.open();
  return hub;
}

class OpenedHub implements Hub, SessionHost {
  readonly clock;
  readonly timers;
  readonly log;
  readonly frame;
  readonly verifyToken;
  readonly limits: HubLimits;
  readonly epoch: string;
  readonly durability;
  readonly branches: ReadonlyMap<string, HubBranch>;
  readonly queries: Queries;
  readonly gate: RequestGate;
  readonly addresses: AddressLimits;
  readonly #endedSessions: EndedSessions;
  readonly #options: HubOptions;
  readonly #sessions = new Set<HostedSession>();
  readonly #bySessionId = new Map<string, HostedSession>();
  readonly counts = newSessionCounts();
  readonly measures = newHubMeasures();
  readonly #fanout = newFanoutCounts();
  readonly #checks = newConsistencyCounts();
  readonly #cache: ColdCache;
  readonly #toFlush = new Set<HostedSession>();
  readonly #cancels: Cancel[] = [];
  /** Requests under way that came without a connection. */
  #requests = 0;
  #tickDue = false;
  #storeStatus: StoreStatus = { state: 'ready' };
  #draining = false;
  #closed = false;

  constructor(options: HubOptions, loaded: readonly LoadedBranch[]) {
    const { store, clock, timers, log, frame, verifyToken, newId } = options;
    this.#options = options;
    this.clock = clock;
    this.timers = timers;
    this.log = log;
    this.frame = frame;
    this.verifyToken = verifyToken;
    this.limits = { ...HUB_LIMITS, ...options.limits };
    this.gate = new RequestGate(timers, this.limits);
    this.addresses = new AddressLimits(this.limits, timers);
    this.epoch = store.epoch;
    this.durability = store.durability;
    this.queries = new Queries(store);
    this.#endedSessions = new EndedSessions(timers);
    this.#cache = new ColdCache({
      entriesMax: this.limits.coldOrdersMax,
      bytesMax: this.limits.coldBytesMax,
    });
    const startEpoch = newId();
    this.branches = new Map(
      loaded.map((branch) => [branch.branch.id, this.#makeBranch(branch, startEpoch)]),
    );
  }

  async open(): Promise<void> {
    await Promise.all(Array.from(this.branches.values(), ({ hub }) => hub.open()));
    const { timers, limits, log, branches } = this;
    const { store, random, clock } = this.#options;
    const cache = this.#cache;
    const ended = await store.secrets.endedSessions(clock.now() - REVOKED_SINCE_MS);
    for (const { id } of ended) this.#endedSessions.add(id);
    this.#cancels.push(
      new OutsideWatcher({ store, cache, branches }).start(),
      new RandomCheck({ branches, cache, timers, random, log }).start(),
      this.#options.rollover === false ? () => undefined : this.#rollOver(),
      store.onStatus((status) => {
        this.#noteStatus(status);
      }),
      timers.every(limits.heartbeatMs, () => {
        for (const session of this.#sessions) session.heartbeat();
      }),
      timers.every(SAMPLE_MS, () => {
        this.gate.sample();
      }),
      timers.every(SWEEP_MS, () => {
        for (const session of [...this.#sessions]) session.sweep();
        for (const { hub } of this.branches.values()) hub.leases.sweep();
        this.gate.sweep();
        this.addresses.sweep();
      }),
    );
  }

  #rollOver(): Cancel {
    const { branches, clock, timers, log } = this;
    return new Rollover({
      ...{ branches, clock, timers, log },
      refusesCommands: () => this.refusesCommands(),
      requestBegan: () => this.requestBegan(),
    }).start();
  }

  get state(): HubState {
    if (this.#closed) return 'closed';
    if (this.#draining) return 'draining';
    return this.#storeStatus.state === 'recovering' ? 'storage_unavailable' : 'ready';
  }

  answered(outcome: Outcome): void {
    countOutcome(this.counts, outcome);
  }

  objection(credential: Credential): string | null {
    const branch = this.branches.get(credential.principal.branch_id);
    if (branch === undefined) return 'this branch is not here';
    return objection(branch.hub.hot, this.#endedSessions, credential);
  }

  endSession(sessionId: string): void {
    this.#endedSessions.add(sessionId);
    for (const session of [...this.#sessions]) session.sweep();
  }

  accept(connection: Connection): ConnectionEvents {
    const session = new Session(connection, this);
    this.#sessions.add(session);
    if (this.#closed) session.close(CLOSE.restarting, 'the hub is closing');
    return session;
  }

  refusesCommands(): Refusal | null {
    if (!this.#draining) return null;
    const retryAfterMs = durationSpread(RECONNECT_SPREAD_MS, this.#options.random);
    return refuse('draining', 'the hub is restarting; try again', { retryAfterMs });
  }

  requestBegan(): () => void {
    this.#requests += 1;
    return () => {
      this.#requests -= 1;
    };
  }

  continueSession(
    session: HostedSession,
    sessionId: string | undefined,
    principal: Principal,
  ): string {
    const older = sessionId === undefined ? undefined : this.#bySessionId.get(sessionId);
    const mayContinue =
      older !== undefined &&
      older.principal?.id === principal.id &&
      older.principal.device_id === principal.device_id;
    const id = mayContinue && sessionId !== undefined ? sessionId : this.#options.newId();
    // Entered before the older connection ends, so that its end leaves the entry alone.
    this.#bySessionId.set(id, session);
    if (mayContinue) older.close(CLOSE.replaced, 'another connection continues this session');
    return id;
  }

  wake(session: HostedSession): void {
    this.#toFlush.add(session);
    this.#tickSoon();
  }

  ended(session: HostedSession): void {
    this.#sessions.delete(session);
    this.#toFlush.delete(session);
    const { sessionId } = session;
    if (sessionId !== null && this.#bySessionId.get(sessionId) === session) {
      this.#bySessionId.delete(sessionId);
    }
  }

  async drain(forGood = false): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    const deadline = this.timers.monotonicMs() + this.limits.drainMs;
    await this.#until(deadline, () => !this.#hasInFlight());
    for (const { channels } of this.branches.values()) channels.flushAll();
    for (const session of this.#sessions) session.send(this.#drainingNotice(forGood));
    await this.#until(deadline, () =>
      [...this.#sessions].every(({ outboxBytes }) => outboxBytes === 0),
    );
    this.#closed = true;
    for (const session of [...this.#sessions]) {
      session.close(forGood ? CLOSE.goingAway : CLOSE.restarting, 'the hub is closing');
    }
    for (const cancel of this.#cancels) cancel();
    for (const { channels } of this.branches.values()) channels.close();
  }

  stats(): Readonly<Record<string, number>> {
    return hubStats({
      sessions: this.#sessions,
      branches: this.branches,
      fanout: this.#fanout,
      counts: this.counts,
      cache: this.#cache,
      checks: this.#checks,
      state: this.state,
      gate: this.gate,
      addresses: this.addresses,
    });
  }

  histograms(): Histograms {
    return { ...this.measures };
  }

  #makeBranch(loaded: LoadedBranch, startEpoch: string): HubBranch {
    const { store, newId } = this.#options;
    const { clock, timers, log, limits, frame } = this;
    const devices = new Devices(clock);
    const hub: BranchHub = new BranchHub(loaded, {
      store,
      clock,
      timers,
      newId,
      log,
      limits,
      cache: this.#cache,
      devices: () => devices.standings(),
      publish: (changeSet, version) => {
        channels.committed(changeSet, version);
      },
      onConflict: (table, id) => consistency.conflictMet(table, id),
    });
    const channels: BranchChannels = new BranchChannels({
      clock,
      timers,
      frame,
      hot: hub.hot,
      devices,
      epoch: store.epoch,
      startEpoch,
      derivedIntervalMs: limits.derivedIntervalMs,
      pace: { intervalMs: limits.deltaIntervalMs, burst: limits.deltaBurst },
      counts: this.#fanout,
      delivery: this.measures.delivery_seconds,
      wake: () => {
        this.#tickSoon();
      },
    });
    const consistency: BranchConsistency = new BranchConsistency({
      hub,
      store,
      clock,
      log,
      cache: this.#cache,
      counts: this.#checks,
      restartScreens: (version) => {
        channels.restartAll(version);
      },
      nextTick: this.#options.nextTick,
    });
    return { hub, channels, devices, consistency, clock, durability: store.durability };
  }

  #tickSoon(): void {
    if (this.#tickDue) return;
    this.#tickDue = true;
    this.#options.nextTick(() => {
      this.#tick();
    });
  }

  /** What the turn brought: a delta per channel, then one write per client. */
  #tick(): void {
    for (const { channels } of this.branches.values()) channels.flush();
    this.#tickDue = false;
    const sessions = [...this.#toFlush];
    this.#toFlush.clear();
    for (const session of sessions) session.flush();
    for (const { channels } of this.branches.values()) channels.written();
  }

  #drainingNotice(forGood: boolean): NoticeMessage {
    const notice = { type: 'notice', code: 'draining' } as const;
    if (forGood) return { ...notice, message: 'the hub goes away for good' };
    const retryAfterMs = durationSpread(RECONNECT_SPREAD_MS, this.#options.random);
    const message = 'the hub is restarting; come back after retryAfterMs';
    return { ...notice, message, retryAfterMs };
  }

  #noteStatus(status: StoreStatus): void {
    if (status.state !== 'ready') {
      this.log.error({ reason: status.reason }, `the store is ${status.state}: writes are refused`);
    } else if (this.#storeStatus.state !== 'ready') {
      this.log.info({}, 'the store is ready again: writes go on');
    }
    this.#storeStatus = status;
  }

  #hasInFlight(): boolean {
    if (this.#requests > 0) return true;
    for (const { inFlight } of this.#sessions) if (inFlight > 0) return true;
    return false;
  }

  /** Resolves when the condition holds or the deadline (monotonic milliseconds) has come. */
  #until(deadline: number, condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (condition() || this.timers.monotonicMs() >= deadline) resolve();
        else this.timers.after(DRAIN_POLL_MS, look);
      };
      look();
    });
  }
}
