/**
 * Disks that kills and power losses leave, by the thousand: `npm run images -- --count 20000 [--seed 1] [--scenario orders]`.
 * Prints each image that finds something, and keeps it with its recording in build/faults/kept/; exits 1 then.
 * `--recording FILE --image power_loss:17` builds and checks one of a kept recording again.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';

const BUILT = new URL('../build/faults/test/faults/', import.meta.url);
const KEPT = fileURLToPath(new URL('../build/faults/kept/', import.meta.url));
/** Kill images of writes, for each power loss that is asked for. */
const WRITES_SHARE = 0.2;
const SERVE_EVERY = 40;

const built = (path) => import(new URL(path, BUILT));

function options() {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      scenario: { type: 'string' },
      recording: { type: 'string' },
      image: { type: 'string' },
    },
  });
  for (const name of ['count', 'seed']) {
    if (/^\d{1,8}$/.test(values[name])) continue;
    console.error(`--${name} is a whole number, not ${values[name]}`);
    process.exit(2);
  }
  return { ...values, count: Number(values.count), seed: Number(values.seed) };
}

/** All plans of a recording for this seed; those of the tests are the first of them. */
async function plansOf(recording, { count, seed }) {
  const { killPlans, powerLossPlans } = await built('images/plan.js');
  const { steps } = recording;
  const kills = killPlans(steps, Math.round(count * WRITES_SHARE), seed);
  return [...powerLossPlans(steps, count, seed), ...kills];
}

/** A share of the plans: every `of`-th from `part` on. Posts each as it is checked, and what was found. */
async function work({ file, count, seed, part, of, image }) {
  const { readRecording } = await built('run/recording-file.js');
  const { describeFinding, runImages } = await built('run/image-run.js');
  const recording = readRecording(file);
  const all = await plansOf(recording, { count, seed });
  const isWanted = ({ kind, number }, index) =>
    image === undefined ? index % of === part : `${kind}:${number}` === image;
  const found = await runImages({
    ...{ recording, plans: all.filter(isWanted), seed },
    serveEvery: image === undefined ? SERVE_EVERY : 1,
    keepIn: KEPT,
    onChecked: () => process.send({ checked: 1 }),
  });
  for (const finding of found) process.send({ finding: describeFinding(finding) });
}

/** Resolves with how many images found something. */
async function checkAll(recording, file, { count, seed, image }) {
  const total = image === undefined ? (await plansOf(recording, { count, seed })).length : 1;
  const of = image === undefined ? availableParallelism() : 1;
  const format = `${recording.name} {bar} {value}/{total} images, {eta_formatted} left`;
  const bar = new SingleBar({ format }, Presets.rect);
  bar.start(total, 0);
  let found = 0;
  let checked = 0;
  const hear = (message) => {
    if (message.checked === 1) {
      checked += 1;
      bar.increment();
    } else {
      found += 1;
      console.log(
        `\n${message.finding}\n    again: npm run images -- --recording ${file} --seed ${seed}`,
      );
    }
  };
  const workers = Array.from({ length: of }, (_, part) => {
    const share = JSON.stringify({ file, count, seed, part, of, image });
    const child = fork(fileURLToPath(import.meta.url), ['--work', share]);
    child.on('message', hear);
    return new Promise((resolve) => child.once('exit', resolve));
  });
  const codes = await Promise.all(workers);
  bar.stop();
  if (codes.some((code) => code !== 0)) throw new Error('a process that checks images broke');
  console.log(`${recording.name}: ${checked} images, ${found} found something, seed ${seed}`);
  return found;
}

async function main() {
  const wanted = options();
  const { readRecording, writeRecording } = await built('run/recording-file.js');
  const { SCENARIOS } = await built('scenarios/index.js');
  const { record } = await built('recording/recorder.js');
  if (wanted.recording !== undefined) {
    return checkAll(readRecording(wanted.recording), wanted.recording, wanted);
  }
  const names = Object.keys(SCENARIOS).filter((name) => name === (wanted.scenario ?? name));
  const count = Math.ceil(wanted.count / names.length);
  let found = 0;
  for (const name of names) {
    const recording = await record(SCENARIOS[name]());
    const file = `${KEPT}${name}-${wanted.seed}.recording`;
    writeRecording(file, recording);
    found += await checkAll(recording, file, { ...wanted, count });
  }
  return found;
}

if (process.argv[2] === '--work') {
  await work(JSON.parse(process.argv[3]));
  process.exit(0);
} else process.exitCode = (await main()) === 0 ? 0 : 1;
