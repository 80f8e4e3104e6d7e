/**
 * Clients on a bad network over many seeds: `npm run sim -- --seeds 10000 [--from 1] [--clients 5]`. Prints each seed that finds
 * something and exits 1; `npm run sim -- --seed 7 [--trace]` runs one alone, with every message that it carried.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { SingleBar, Presets } from 'cli-progress';

/** Findings of one seed that are printed. */
const FINDINGS_MAX = 8;

/** What the seed's run found, or how it ended. */
async function findingsOf(options) {
  const { runSim } = await import(new URL('../build/sim/test/sim/run.js', import.meta.url));
  try {
    const { findings } = await runSim(options);
    return findings;
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

function options() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      clients: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string' || /^[1-9]\d{0,8}$/.test(value)) continue;
    console.error(`--${name} is a whole number above 0, not ${value}`);
    process.exit(2);
  }
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const clients = values.clients === undefined ? {} : { clients: Number(values.clients) };
  return { from, count, clients, trace: values.trace };
}

function report(seed, clients, findings) {
  const shown = findings.slice(0, FINDINGS_MAX);
  const more = findings.length - shown.length;
  const among = clients.clients === undefined ? '' : ` --clients ${clients.clients}`;
  console.log(`\nnpm run sim -- --seed ${seed}${among}`);
  for (const finding of shown) console.log(`  ${finding}`);
  if (more > 0) console.log(`  and ${more} more`);
}

/** Every core takes the next seed; resolves with how many found something. */
async function runAll({ from, count, clients }) {
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} seeds, {eta_formatted} left' },
    Presets.rect,
  );
  bar.start(count, 0);
  let next = from;
  let found = 0;
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: clients });
      const give = () => {
        if (next < from + count) worker.postMessage(next++);
        else void worker.terminate().then(resolve, reject);
      };
      worker.on('error', reject);
      worker.on('message', ({ seed, findings }) => {
        bar.increment();
        if (findings.length > 0) {
          found += 1;
          report(seed, clients, findings);
        }
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), count) }, work));
  bar.stop();
  return found;
}

async function main() {
  const wanted = options();
  const started = process.hrtime.bigint();
  let found;
  if (wanted.count === 1) {
    const onTrace = wanted.trace ? { onTrace: (line) => process.stdout.write(line) } : {};
    const findings = await findingsOf({ seed: wanted.from, ...wanted.clients, ...onTrace });
    if (findings.length > 0) report(wanted.from, wanted.clients, findings);
    found = findings.length > 0 ? 1 : 0;
  } else found = await runAll(wanted);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(`${wanted.count} seeds in ${seconds.toFixed(1)} s, ${found} found something`);
  process.exitCode = found === 0 ? 0 : 1;
}

if (isMainThread) await main();
else {
  parentPort.on('message', (seed) => {
    void findingsOf({ seed, ...workerData }).then((findings) => {
      parentPort.postMessage({ seed, findings });
    });
  });
}
