/** Bugs planted from outside: each is found by one of the seeds that always run, and the seed is told. */
import { describe, expect, it } from 'vitest';
import type { ClientMessage, HubMessage } from '../../src/protocol/messages.js';
import type { Plant } from './plant.js';
import { runSim } from './run.js';

const SEEDS_MAX = 60;
const SEARCH_MS = 120_000;

/** A catch-up that lacks the first of its new rows. */
function withoutFirstRow(message: HubMessage): HubMessage {
  if (message.type !== 'snapshot:delta') return message;
  const changes = Object.entries(message.changes).map(([table, change]) => {
    const { inserted = [], ...rest } = change;
    return [table, { ...rest, inserted: inserted.slice(1) }] as const;
  });
  return { ...message, changes: Object.fromEntries(changes) };
}

/** A replica that asks for what came after the next version, and takes the answer for what it needs. */
function oneTooHigh(message: ClientMessage): ClientMessage {
  if (message.type !== 'subscribe' || message.since === undefined) return message;
  return { ...message, since: { ...message.since, version: message.since.version + 1 } };
}

function believed(message: HubMessage): HubMessage {
  if (message.type !== 'snapshot:delta') return message;
  return { ...message, baseVersion: message.baseVersion - 1 };
}

/** A client that makes a new key each time that it sends a command. */
function newKeys(): Plant {
  let last = 0;
  return {
    up: (message) => {
      if (message.type !== 'command') return message;
      last += 1;
      return { ...message, key: `${message.key}-${String(last)}` };
    },
  };
}

/** A view that never learns that the hub's rows have reached what was acknowledged: predictions stay laid over them. */
function neverReached(message: HubMessage): HubMessage {
  if (message.type !== 'ack' || message.version === undefined) return message;
  const records = Object.entries(message.result?.['records'] ?? {}).map(([table, versions]) => [
    table,
    Object.fromEntries(
      Object.entries(versions as Record<string, number>).map(([id, version]) => [
        id,
        version + 1_000,
      ]),
    ),
  ]);
  const result = { ...message.result, records: Object.fromEntries(records) as object };
  return { ...message, version: message.version + 1_000, result };
}

/** Silence is never noticed: the clock that it is measured by stands still. */
const DEAF: Plant = {
  client: (options) => {
    const { timers } = options;
    if (timers === undefined) return options;
    const deaf = {
      after: timers.after.bind(timers),
      every: () => () => undefined,
      monotonicMs: () => 0,
    };
    return { ...options, timers: deaf };
  },
};

const PLANTS: readonly { bug: string; plant: () => Plant; found: RegExp }[] = [
  {
    bug: 'a catch-up that lacks a row',
    plant: () => ({ down: withoutFirstRow }),
    found: /otherwise|missing/,
  },
  {
    bug: 'a position one too high',
    plant: () => ({ up: oneTooHigh, down: believed }),
    found: /otherwise|missing|never shown/,
  },
  {
    bug: 'a new key at each sending',
    plant: newKeys,
    found: /twice|is lost|told|not what|not there/,
  },
  {
    bug: 'keys that the store forgets',
    plant: () => ({ store: 'forget_keys' }),
    found: /is not there/,
  },
  {
    bug: 'writes that are acknowledged and lost',
    plant: () => ({ store: 'lose_write' }),
    found: /not there/,
  },
  {
    bug: 'a prediction that stays when the truth has come',
    plant: () => ({ down: neverReached }),
    found: /still acknowledged|lies over/,
  },
  {
    bug: 'silence that nobody notices',
    plant: () => DEAF,
    found: /of silence|is (stale|offline|connecting)/,
  },
];

async function firstFound(plant: Plant, found: RegExp): Promise<number | null> {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const findings = await runSim({ seed, plant }).then(
      (report) => report.findings,
      (error: unknown) => [String(error)],
    );
    if (findings.some((finding) => found.test(finding))) return seed;
  }
  return null;
}

describe('planted bugs', () => {
  it.each(PLANTS)(
    'SIM-8 the simulation finds $bug',
    async ({ bug, plant, found }) => {
      const seed = await firstFound(plant(), found);
      console.log(`${bug}: found by seed ${String(seed)}`);
      expect(seed).not.toBeNull();
    },
    SEARCH_MS,
  );
});
