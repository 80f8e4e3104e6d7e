/**
 * A process with a store of its own, for faults that only the system below it can make. Commits the requests of a file
 * one after the other and prints what it hears, a line each; tries what was refused again with the same key.
 * Arguments: directory, file of requests.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock, systemTimers } from '../../dist/base/clock.js';
import { uuidV7Source } from '../../dist/base/ids.js';
import { silentLog } from '../../dist/base/log.js';
import { openSqliteStore } from '../../dist/store/sqlite/open.js';

const [directory, requestsFile] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const TRIES_MAX = 200;
const RETRY_WAIT_MS = 10;

const store = await openSqliteStore({
  directory,
  durability: 'full',
  clock: systemClock,
  timers: systemTimers,
  newId: uuidV7Source(systemClock),
  log: silentLog,
});
await store.load();
let state = '';
store.onStatus((status) => {
  ({ state } = status);
  say({ status: state });
});

/** The outcome, and the store's state at the moment in which it is told. */
const commit = (request) =>
  new Promise((resolve) => {
    store.commit(request, (outcome) => resolve({ outcome, state }));
  });

const requests = JSON.parse(readFileSync(requestsFile, 'utf8'));
for (const [index, request] of requests.entries()) {
  let told = { outcome: { kind: 'unavailable' } };
  for (let tries = 1; told.outcome.kind === 'unavailable' && tries <= TRIES_MAX; tries += 1) {
    if (tries > 1) await pause(RETRY_WAIT_MS);
    told = await commit(request);
    say({ index, tries, ...told });
  }
}
say({ stats: store.stats() });
await store.close();
