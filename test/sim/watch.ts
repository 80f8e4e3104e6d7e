/**
 * Looks over everybody's shoulder while the simulation runs: no screen claims to be live when it is not, none shows what the
 * hub never showed, nobody asks in a loop, and what was paid stays paid.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Replica } from '../../src/client/index.js';
import type { ViewRow } from '../../src/protocol/messages.js';
import type { Tab } from './tab.js';
import type { Truth } from './truth.js';

/** I10: within so long of silence a screen says that it is stale, in milliseconds. */
export const SILENCE_MAX_MS = 10_000;
/** Subscriptions of one program in a minute: a few channels, on a connection that breaks every other second. */
const SUBSCRIBES_MAX = 240;
const MINUTE_MS = 60_000;
/** What was held up for long arrives in order, the oldest first: so long after its first message the rest has come too. */
const CATCH_UP_MS = 2_500;
/** A run that is wrong everywhere need not say it a thousand times. */
const FINDINGS_MAX = 30;

interface Seen {
  readonly changes: number;
  readonly version: number;
}

export class Watch {
  readonly #truth: Truth;
  readonly #found: string[] = [];
  readonly #same = new SameRows();
  /** What was found in order by replica at the last look. */
  readonly #seen = new Map<Replica, Seen>();
  /** Replicas that are live and lack what was shown long ago, since when. */
  readonly #behindSince = new Map<Replica, number>();
  /** Payments that a screen has shown, with their orders. */
  readonly #payments = new Map<Tab, Map<string, string>>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  get findings(): readonly string[] {
    return this.#found;
  }

  /** `slackMs`: how long what the hub sends may be under way. */
  look(now: number, tabs: readonly Tab[], slackMs: number): void {
    for (const tab of tabs) {
      this.#loops(tab, now);
      let isChanged = false;
      for (const [channel, replica] of tab.replicas) {
        const name = (): string => `at ${(now / 1_000).toFixed(3)} s ${tab.who} ${channel}`;
        if (replica.state === 'live') this.#live(name, { tab, channel, replica, now, slackMs });
        else this.#behindSince.delete(replica);
        if (this.#content(name, { tab, channel, replica })) isChanged = true;
      }
      if (isChanged) this.#paid(tab, now);
    }
  }

  #live(
    name: () => string,
    of: { tab: Tab; channel: string; replica: Replica; now: number; slackMs: number },
  ): void {
    const silentMs = of.now - of.tab.outlet.heardAt;
    if (silentMs >= SILENCE_MAX_MS) {
      this.#find(`${name()}: live after ${(silentMs / 1_000).toFixed(3)} s of silence`);
    }
    const past = this.#truth.at(of.channel, of.now - SILENCE_MAX_MS - of.slackMs);
    const isBehind =
      past !== undefined &&
      past.epoch === this.#epoch(of.channel, of.now) &&
      of.replica.version < past.version;
    if (!isBehind) {
      this.#behindSince.delete(of.replica);
      return;
    }
    const since = this.#behindSince.get(of.replica) ?? of.now;
    this.#behindSince.set(of.replica, since);
    if (of.now - since < CATCH_UP_MS) return;
    this.#find(
      `${name()}: live at ${String(of.replica.version)}, long after ${String(past.version)}`,
    );
  }

  #epoch(channel: string, now: number): string | undefined {
    return this.#truth.at(channel, now)?.epoch;
  }

  /** True: it is not what it was at the last look. */
  #content(name: () => string, of: { tab: Tab; channel: string; replica: Replica }): boolean {
    const { tab, channel, replica } = of;
    const fold = tab.folds.get(channel);
    const seen = this.#seen.get(replica);
    const { changes = 0 } = fold ?? {};
    const { version } = replica;
    if (seen?.changes === changes && seen.version === version) return false;
    this.#seen.set(replica, { changes, version });
    const untold = fold?.difference() ?? null;
    if (untold !== null) this.#find(`${name()}: ${untold}`);
    if (version === 0) return false;
    const shown = this.#truth.versions(channel, version);
    if (shown.length === 0) this.#find(`${name()}: holds version ${String(version)}, never shown`);
    else if (!shown.some((truth) => this.#same.tables(replica.tables, truth.tables))) {
      this.#find(`${name()}: holds version ${String(version)} otherwise than it was shown`);
    }
    return true;
  }

  #loops(tab: Tab, now: number): void {
    const { outlet } = tab;
    outlet.subscribedAt = outlet.subscribedAt.filter((at) => at > now - MINUTE_MS);
    if (outlet.subscribedAt.length <= SUBSCRIBES_MAX) return;
    this.#find(`${tab.who} subscribed ${String(outlet.subscribedAt.length)} times in a minute`);
  }

  /** A payment that was shown goes away only with its order. */
  #paid(tab: Tab, now: number): void {
    let known = this.#payments.get(tab);
    if (known === undefined) this.#payments.set(tab, (known = new Map<string, string>()));
    const payments = new Set(tab.rowsHeld('orders', 'order_payment').map(({ id }) => id));
    const orders = new Set(tab.rowsHeld('orders', 'order_header').map(({ id }) => id));
    for (const [payment, order] of known) {
      if (payments.has(payment)) continue;
      known.delete(payment);
      if (orders.has(order)) {
        this.#find(`at ${String(now)} ms ${tab.who}: payment ${payment} of ${order} is gone`);
      }
    }
    for (const row of tab.rowsHeld('orders', 'order_payment')) {
      known.set(row.id, String(row['order_id']));
    }
  }

  #find(finding: string): void {
    if (this.#found.length < FINDINGS_MAX) this.#found.push(finding);
  }
}

type Tables = ReadonlyMap<string, ReadonlyMap<string, ViewRow>>;

/** Compares rows, which never change: each pair that was found equal is looked at once. */
class SameRows {
  readonly #same = new WeakMap<ViewRow, ViewRow>();

  tables(held: Tables, shown: Tables): boolean {
    for (const table of new Set([...held.keys(), ...shown.keys()])) {
      if (!this.#rows(held.get(table) ?? NO_ROWS, shown.get(table) ?? NO_ROWS)) return false;
    }
    return true;
  }

  #rows(held: ReadonlyMap<string, ViewRow>, shown: ReadonlyMap<string, ViewRow>): boolean {
    if (held.size !== shown.size) return false;
    for (const [id, row] of held) {
      const truth = shown.get(id);
      if (truth === undefined) return false;
      if (this.#same.get(row) === truth) continue;
      if (!isDeepStrictEqual(row, truth)) return false;
      this.#same.set(row, truth);
    }
    return true;
  }
}

const NO_ROWS: ReadonlyMap<string, ViewRow> = new Map();
