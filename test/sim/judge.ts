/** After the evening: everybody holds what the hub shows, and everything that was promised is there exactly once. */
import { isDeepStrictEqual } from 'node:util';
import { channelName } from '../../src/protocol/channels.js';
import { HUB_LIMITS } from '../../src/hub/options.js';
import type { CommitRecord } from '../../src/store/history.js';
import type { BranchRecords, Evidence } from '../support/checkers/evidence.js';
import { ExactlyOnceChecker } from '../support/checkers/exactly-once-checker.js';
import { MoneyChecker } from '../support/checkers/money-checker.js';
import { ReplicaChecker } from '../support/checkers/replica-checker.js';
import { VersionChecker } from '../support/checkers/version-checker.js';
import { HubClient } from '../support/hub-client.js';
import { recordsOf } from '../support/random-traffic/collect.js';
import { wrote, type Answer } from '../support/random-traffic/journal.js';
import { BRANCH } from './house.js';
import { ALL_VIEWS } from './people.js';
import type { Wanted } from '../support/random-traffic/moves.js';
import type { Simulation } from './simulation.js';
import { auditorToken } from './truth.js';

/** Refusals after which the client gave up asking: what became of the command was not known to it. */
const UNDECIDED: readonly string[] = [
  'idempotency_in_progress',
  'storage_unavailable',
  'overloaded',
  'rate_limited',
  'draining',
  'locked',
];

const HEARTBEAT_MS = HUB_LIMITS.heartbeatMs;
/** Longer than anything derived is held back. */
const QUIET_MS = 3_000;

export async function judge(simulation: Simulation): Promise<readonly string[]> {
  const auditor = await askAgain(simulation);
  await simulation.pass(QUIET_MS);
  // Midway between two heartbeats, when nobody is told any more who was heard when.
  const sinceHeartbeatMs = simulation.time.now - simulation.truth.heartbeatAt;
  await simulation.pass(HEARTBEAT_MS * 1.5 - sinceHeartbeatMs);
  const { sendings } = simulation.house.journal;
  const records = await simulation.during(recordsOf({ auditor, views: ALL_VIEWS, sendings }));
  const commits = await simulation.during(history(simulation));
  // The newest one may show in no view.
  const branch = { ...records, version: commits[0]?.version ?? 0 };
  const evidence: Evidence = { sendings, branches: new Map([[BRANCH, branch]]) };
  return [
    ...named('watch', simulation.watch.findings),
    ...named('replica', replicas(simulation, records)),
    ...named('answers', answers(simulation)),
    ...named('queue', queues(simulation)),
    ...named('history', historyFindings(simulation, commits)),
    ...named('exactly once', new ExactlyOnceChecker(evidence).findings()),
    ...named('versions', new VersionChecker(evidence).findings()),
    ...named('money', new MoneyChecker(evidence).findings()),
  ];
}

function named(checker: string, findings: readonly string[]): string[] {
  return findings.map((finding) => `${checker}: ${finding}`);
}

/** Whatever the hub was asked and nobody heard the answer of is asked once more, so that its outcome is known. */
async function askAgain(simulation: Simulation): Promise<HubClient> {
  const { hub, journal } = simulation.house;
  if (hub === null) throw new Error('the hub did not come back');
  const client = new HubClient(hub, 'msgpack');
  await simulation.during(client.hello(JSON.stringify(auditorToken(BRANCH))));
  for (const request of journal.requests.filter((one) => journal.isOpen(one))) {
    const sending = journal.send(request, { role: 'manager', deviceId: 'auditor-device' });
    const answer = await simulation.during(client.request({ type: 'command', ...request }));
    journal.answered(sending, answer as Answer);
  }
  return client;
}

function replicas(simulation: Simulation, records: BranchRecords): readonly string[] {
  const checker = new ReplicaChecker();
  const findings: string[] = [];
  for (const { person, tab } of simulation.devices) {
    if (tab === null) {
      findings.push(`${person.name} did not come back`);
      continue;
    }
    if (tab.client.state.kind !== 'live') findings.push(`${tab.who} is ${tab.client.state.kind}`);
    for (const followed of person.views) {
      const channel = channelName({ branchId: BRANCH, ...followed });
      const replica = tab.replicas.get(channel);
      const fresh = records.channels.get(channel);
      if (replica === undefined || fresh === undefined) continue;
      if (replica.state !== 'live') findings.push(`${tab.who} ${channel} is ${replica.state}`);
      const { version, tables } = replica;
      checker.held(tab.who, channel, { held: { epoch: fresh.epoch, version, tables }, fresh });
    }
  }
  for (const channel of records.channels.keys()) checker.shows(channel, records);
  return [...findings, ...checker.findings()];
}

/** What people were told of their commands, against what the hub answered. */
function answers({ devices, house }: Simulation): readonly string[] {
  const acked = new Map<string, number | undefined>();
  for (const { request, answer } of house.journal.sendings) {
    if (answer?.type === 'ack' && wrote(answer)) acked.set(request.key, answer.version);
  }
  return devices.flatMap((device) =>
    device.tabs.flatMap((tab) =>
      tab.asked.flatMap(({ key, wanted, outcome, way }) => {
        const name = `${tab.who} ${wanted.name} ${key}`;
        if (way === 'queued' || way === 'queueing') return [];
        if (outcome === null) {
          return tab === device.tab ? [`${name}: was never told what became of it`] : [];
        }
        if (outcome === 'ended') return [];
        if ('refused' in outcome) {
          const isOpen = UNDECIDED.includes(outcome.refused) || house.duplicated.has(key);
          const isWrong = acked.has(key) && !isOpen;
          return isWrong ? [`${name}: told ${outcome.refused}, and was carried out`] : [];
        }
        const isEmpty = Object.keys(outcome.acked.records).length === 0;
        if (isEmpty || acked.get(key) === outcome.acked.version) return [];
        return [`${name}: told version ${String(outcome.acked.version)}, which it is not`];
      }),
    ),
  );
}

/** What was queued has reached the hub, or is shown with what it waits for; nothing that is settled lies over a channel. */
function queues({ devices, house }: Simulation): readonly string[] {
  const { journal } = house;
  const acked = new Set(
    journal.requests.flatMap((request) => (journal.isAcked(request) ? [request.key] : [])),
  );
  const closed = new Set(
    journal.requests.flatMap((request) =>
      request.name === 'order.close' && acked.has(request.key) ? [request.payload['order_id']] : [],
    ),
  );
  return devices.flatMap((device) => {
    const { tab } = device;
    if (tab === null || tab.queue === null) return [];
    const { entries } = tab.queue;
    // What is done stays in the list, and what follows it waits, while a person or a shift is waited for.
    const isOpen =
      tab.queue.renumbered.length > 0 ||
      entries.some(
        ({ state }) =>
          state.kind === 'refused' || (state.kind === 'waiting' && state.reason !== null),
      );
    const findings = entries.flatMap(({ key, name, state }) =>
      isOpen ? [] : [`${tab.who} ${name} ${key}: still ${state.kind}`],
    );
    const shown = new Set(entries.map(({ key }) => key));
    const dropped = new Set(device.tabs.flatMap((one) => [...one.dropped]));
    for (const { key, way, wanted } of device.tabs.flatMap(({ asked }) => asked)) {
      // What was wanted may have been done by somebody else meanwhile.
      const isDone = wanted.name.startsWith('kitchen.') || isClosed(wanted, closed);
      const isThere = acked.has(key) || shown.has(key) || dropped.has(key) || isDone;
      if (way === 'queued' && !isThere) findings.push(`${tab.who} ${wanted.name} ${key}: is lost`);
    }
    if (entries.length > 0) return findings;
    const different = [...tab.replicas.values()].filter(({ channel, tables }) =>
      [...tables].some(
        ([table, rows]) => !isDeepStrictEqual(tab.client.optimistic(channel).table(table), rows),
      ),
    );
    return [
      ...findings,
      ...different.map(({ channel }) => `${tab.who} ${channel}: something lies over it`),
    ];
  });
}

async function history({ house }: Simulation): Promise<readonly CommitRecord[]> {
  const commits: CommitRecord[] = [];
  let cursor: string | null = null;
  do {
    const filter: { limit: number; cursor?: string } = { limit: 100 };
    if (cursor !== null) filter.cursor = cursor;
    const page: Awaited<ReturnType<typeof house.store.audit>> = await house.store.audit(
      BRANCH,
      filter,
    );
    commits.push(...page.entries);
    cursor = page.cursor;
  } while (cursor !== null);
  return commits;
}

/** The order was to be closed, and somebody's close of it was acknowledged. */
function isClosed({ name, payload }: Wanted, closed: ReadonlySet<unknown>): boolean {
  return name === 'order.close' && closed.has((payload as { order_id?: unknown }).order_id);
}

/** Every key that was acknowledged is in the hub's history, and none is there twice. */
function historyFindings({ house }: Simulation, commits: readonly CommitRecord[]): string[] {
  const times = new Map<string, number>();
  for (const { key } of commits) if (key !== null) times.set(key, (times.get(key) ?? 0) + 1);
  const twice = [...times].flatMap(([key, count]) =>
    count > 1 ? [`${key} is there ${String(count)} times`] : [],
  );
  const acked = new Set(
    house.journal.sendings.flatMap(({ request, answer }) =>
      answer?.type === 'ack' && wrote(answer) ? [request.key] : [],
    ),
  );
  const lost = [...acked].flatMap((key) => (times.has(key) ? [] : [`${key} is not there`]));
  return [...twice, ...lost];
}
