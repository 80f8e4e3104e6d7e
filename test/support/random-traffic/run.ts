/** One seed, from the first guest to the last checker. */
import type { SettableClock } from '../../../src/base/clock.js';
import { ackedCommits } from '../checkers/commits.js';
import { ChainChecker } from '../checkers/chain-checker.js';
import type { BranchRecords, Evidence } from '../checkers/evidence.js';
import { ExactlyOnceChecker } from '../checkers/exactly-once-checker.js';
import { IsolationChecker } from '../checkers/isolation-checker.js';
import { MoneyChecker } from '../checkers/money-checker.js';
import { ReplicaChecker } from '../checkers/replica-checker.js';
import { VersionChecker } from '../checkers/version-checker.js';
import { collectRecords } from './collect.js';
import type { Engine } from './engine.js';
import { Random } from './random.js';
import { Restaurant } from './restaurant.js';
import { runTraffic } from './traffic.js';

export interface RunOptions {
  readonly seed: number;
  readonly steps: number;
  readonly makeEngine: (clock: SettableClock) => Engine | Promise<Engine>;
}

export interface RunReport {
  /** What the checkers found, each with its name; nothing: all invariants held. */
  readonly findings: readonly string[];
  /** How often each command was acknowledged. */
  readonly acked: ReadonlyMap<string, number>;
  /** How often each code was given as a refusal. */
  readonly refused: ReadonlyMap<string, number>;
  /** Connections, catch-ups and snapshots, unasked ones among them. */
  readonly connections: number;
  readonly received: ReadonlyMap<string, number>;
}

export async function runSeed({ seed, steps, makeEngine }: RunOptions): Promise<RunReport> {
  const dice = new Random(seed);
  const restaurant = await Restaurant.open(makeEngine, dice);
  try {
    await runTraffic({ restaurant, dice, steps });
    const findings = await judge(restaurant);
    return { findings, ...figures(restaurant) };
  } finally {
    restaurant.engine.remove();
  }
}

/** Looks at everything, lets the hub start once more, and looks again. */
export async function judge(restaurant: Restaurant): Promise<readonly string[]> {
  const replicas = new ReplicaChecker();
  const before = await collectRecords(restaurant);
  compareReplicas(restaurant, before, replicas);
  await restaurant.restart(true);
  await restaurant.calm();
  const records = await collectRecords(restaurant);
  compareReplicas(restaurant, records, replicas);
  const isolation = new IsolationChecker(records);
  for (const { post, clients } of restaurant.participants) {
    for (const { received } of clients) {
      isolation.heard({ ...post, who: post.name, messages: received });
    }
  }
  const { sendings } = restaurant.journal;
  for (const sending of sendings) isolation.done(sending);
  const evidence: Evidence = { sendings, branches: records };
  const live: Evidence = { sendings, branches: before };
  await restaurant.close();
  const chain = new ChainChecker();
  if (restaurant.engine.file !== null) {
    await chain.verify(restaurant.engine.file, countCommits(evidence));
  }
  return [
    ...named('replica', replicas.findings()),
    ...named('exactly once', new ExactlyOnceChecker(evidence).findings()),
    ...named('exactly once, before the restart', new ExactlyOnceChecker(live).findings()),
    ...named('versions', new VersionChecker(evidence).findings()),
    ...named('money', new MoneyChecker(evidence).findings()),
    ...named('money, before the restart', new MoneyChecker(live).findings()),
    ...named('isolation', isolation.findings()),
    ...named('chain', chain.findings()),
  ];
}

function named(checker: string, findings: readonly string[]): string[] {
  return findings.map((finding) => `${checker}: ${finding}`);
}

/** With the one that made each branch. */
function countCommits({ sendings, branches }: Evidence): number {
  return [...branches.keys()].reduce(
    (sum, branchId) => sum + 1 + ackedCommits(sendings, branchId).length,
    0,
  );
}

function compareReplicas(
  restaurant: Restaurant,
  records: ReadonlyMap<string, BranchRecords>,
  checker: ReplicaChecker,
): void {
  for (const participant of restaurant.participants) {
    const { name, branchId, views } = participant.post;
    const fresh = records.get(branchId)?.channels;
    for (const followed of views) {
      const channel = participant.channelOf(followed);
      const held = participant.held(followed);
      const snapshot = fresh?.get(channel);
      checker.held(name, channel, {
        ...(held !== undefined && { held }),
        ...(snapshot !== undefined && { fresh: snapshot }),
      });
    }
    let before = new Map<string, number>();
    for (const client of participant.clients) {
      checker.followed(name, client.received, before);
      before = new Map(Array.from(client.replicas, ([channel, { version }]) => [channel, version]));
    }
  }
  for (const of of records.values()) {
    for (const channel of of.channels.keys()) checker.shows(channel, of);
  }
}

function figures(restaurant: Restaurant): Omit<RunReport, 'findings'> {
  const acked = new Map<string, number>();
  const refused = new Map<string, number>();
  const received = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (const { request, answer } of restaurant.journal.sendings) {
    if (answer?.type === 'ack') count(acked, request.name);
    if (answer?.type === 'error') count(refused, answer.code);
  }
  const clients = restaurant.participants.flatMap((participant) => participant.clients);
  for (const message of clients.flatMap((client) => client.received)) {
    count(received, message.type);
    if (message.type === 'notice') count(received, `notice ${message.code}`);
  }
  return { acked, refused, received, connections: clients.length };
}
