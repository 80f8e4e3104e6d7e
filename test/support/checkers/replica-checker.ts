/**
 * I4: what a client built up from snapshots, deltas and catch-ups is what a fresh snapshot shows, every column of every row, and
 * what the view is defined to show of the records. No delta ever failed to fit, no heartbeat named a version that never came.
 */
import { isDeepStrictEqual } from 'node:util';
import type { HubMessage } from '../../../src/protocol/messages.js';
import type { BranchRecords, ChannelState, Checker, Row } from './evidence.js';
import { expectedView } from './expected-view.js';

export class ReplicaChecker implements Checker {
  readonly #findings: string[] = [];

  findings(): readonly string[] {
    return this.#findings;
  }

  /** What somebody holds of a channel, against a fresh snapshot of it. */
  held(who: string, channel: string, states: { held?: ChannelState; fresh?: ChannelState }): void {
    const { held, fresh } = states;
    const name = `${who} ${channel}`;
    if (held === undefined || fresh === undefined) {
      this.#findings.push(`${name}: ${held === undefined ? 'holds nothing' : 'no snapshot came'}`);
      return;
    }
    if (held.epoch !== fresh.epoch || held.version !== fresh.version) {
      const of = (state: ChannelState): string => `${state.epoch}/${String(state.version)}`;
      this.#findings.push(`${name}: holds ${of(held)} where a snapshot is ${of(fresh)}`);
    }
    this.#compare(name, held.tables, fresh.tables);
  }

  /** A fresh snapshot against what the view shows of the records by the protocol's table. */
  shows(channel: string, records: BranchRecords): void {
    const fresh = records.channels.get(channel);
    const expected = expectedView(channel, records);
    if (fresh === undefined || expected === null) return;
    this.#compare(`the records in ${channel}`, fresh.tables, expected);
  }

  /** Every message of one connection, by the rule of the protocol: no gap, and no heartbeat ahead of what came. */
  followed(who: string, messages: readonly HubMessage[], held: ReadonlyMap<string, number>): void {
    const versions = new Map(held);
    const lagging = new Set<string>();
    for (const message of messages) {
      if (message.type === 'notice' && message.channel !== undefined) lagging.add(message.channel);
      if (message.type === 'heartbeat') this.#heard(who, message.versions, { versions, lagging });
      if (message.type === 'snapshot') {
        versions.set(message.channel, message.version);
        lagging.delete(message.channel);
      }
      if (message.type !== 'delta' && message.type !== 'snapshot:delta') continue;
      const { channel, baseVersion, newVersion } = message;
      const version = versions.get(channel);
      if (version === undefined || baseVersion > version) {
        this.#findings.push(
          `${who} ${channel}: a gap from ${String(version)} to ${String(baseVersion)}`,
        );
      }
      versions.set(channel, Math.max(version ?? 0, newVersion));
      if (message.type === 'snapshot:delta') lagging.delete(channel);
    }
  }

  #heard(
    who: string,
    told: Readonly<Record<string, number>>,
    { versions, lagging }: { versions: ReadonlyMap<string, number>; lagging: ReadonlySet<string> },
  ): void {
    for (const [channel, version] of Object.entries(told)) {
      if (lagging.has(channel) || version <= (versions.get(channel) ?? 0)) continue;
      this.#findings.push(
        `${who} ${channel}: a heartbeat names ${String(version)}, which never came`,
      );
    }
  }

  #compare(name: string, held: ChannelState['tables'], fresh: ChannelState['tables']): void {
    for (const table of new Set([...held.keys(), ...fresh.keys()])) {
      const left = held.get(table) ?? new Map<string, Row>();
      const right = fresh.get(table) ?? new Map<string, Row>();
      for (const id of new Set([...left.keys(), ...right.keys()])) {
        const difference = differenceOf(left.get(id), right.get(id));
        if (difference !== null) this.#findings.push(`${name}: ${table} ${id}: ${difference}`);
      }
    }
  }
}

function differenceOf(held: Row | undefined, fresh: Row | undefined): string | null {
  if (held === undefined) return 'is missing';
  if (fresh === undefined) return 'should not be there';
  const columns = new Set([...Object.keys(held), ...Object.keys(fresh)]);
  const different = [...columns].filter(
    (column) => !isDeepStrictEqual(held[column], fresh[column]),
  );
  if (different.length === 0) return null;
  const value = (row: Row, column: string): string =>
    column in row ? JSON.stringify(row[column]) : 'absent';
  const tell = (column: string): string =>
    `${column} ${value(held, column)} for ${value(fresh, column)}`;
  return different.map(tell).join(', ');
}
