/** What must be found: hubs that promise too early, and disks that forget what they were told to keep. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Step } from './recording/step.js';
import { powerLossPlans, type ImagePlan } from './images/plan.js';
import type { Recording } from './recording/recorder.js';
import { recorded } from './recorded.js';
import { runImages } from './run/image-run.js';
import { archive } from './scenarios/archive.js';
import { backup } from './scenarios/backup.js';
import { ERASED, erasure, type ErasedOrder } from './scenarios/erasure.js';
import { orders } from './scenarios/orders.js';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EARLY_HUB = fileURLToPath(new URL('planted/early-hub.mjs', import.meta.url));
const IMAGES = 60;
const SEED = 1;

/** The first image that fails; fails itself where none does. */
function firstFound(recording: Recording): Promise<string> {
  return firstOf(recording, powerLossPlans(recording.steps, IMAGES, SEED));
}

/** The same behind every such step alone. */
function firstFoundBehind(recording: Recording, isSuch: (step: Step) => boolean): Promise<string> {
  const cuts = recording.steps.flatMap((step, index) => (isSuch(step) ? [index + 1] : []));
  const plans = Array.from({ length: IMAGES }, (_, number) => {
    const cut = cuts[number % cuts.length] ?? 0;
    return { number, kind: 'power_loss', cut } as const;
  });
  return firstOf(recording, plans);
}

async function firstOf(recording: Recording, plans: readonly ImagePlan[]): Promise<string> {
  const found = await runImages({
    ...{ recording, plans, seed: SEED, findingsMax: 1, serveEvery: Infinity },
    keepIn: join(tmpdir(), 'faults-controls'),
  });
  return found[0]?.findings[0] ?? 'nothing was found';
}

/** The same run on a disk that does not do what these syncs ask for. */
function withoutSyncs(recording: Recording, path: RegExp): Recording {
  const ignored = new Set<number>();
  const steps = recording.steps.map((step): Step => {
    const isIgnored =
      step.kind === 'sync_begins'
        ? path.test(step.path)
        : step.kind === 'sync_ends' && ignored.has(step.call);
    if (!isIgnored) return step;
    if (step.kind === 'sync_begins') ignored.add(step.call);
    return { kind: 'acknowledged', key: '', version: 0 };
  });
  const kept = steps.filter((step) => step.kind !== 'acknowledged' || step.key !== '');
  return { ...recording, steps: kept };
}

const LOST = /was acknowledged|refused: |verify: /;

describe('the controls', () => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await recorded(orders());
  });

  it('F-IMG-3 a hub that does not wait for the disk is found', async () => {
    const normal = await recorded({ ...orders(), flags: ['--durability', 'normal'] });
    expect(await firstFound(normal)).toMatch(LOST);
  });

  it('F-IMG-3 a hub that acknowledges before the commit is found', async () => {
    const early = await recorded({ ...orders(), program: EARLY_HUB });
    expect(await firstFound(early)).toMatch(LOST);
  });

  it.each([
    ['the log', /-wal$/],
    ['the directory', /^data$/],
    ['the directory of the directory', /^$/],
    ['what is renamed', /heads\.json\.new$/],
  ])('F-IMG-3 a run that leaves out the syncs of %s is found', async (_, path) => {
    expect(await firstFound(withoutSyncs(recording, path))).toMatch(LOST);
  });

  it('F-IMG-3 a run of the archive that leaves out the sync of a segment, or of its directory, is found', async () => {
    const archived = await recorded(archive());
    for (const path of [/\.segment\.new$/, /archive$/]) {
      const found = await firstFoundBehind(
        withoutSyncs(archived, path),
        ({ kind }) => kind === 'acknowledged',
      );
      expect(found, String(path)).toMatch(/refused: .*\.segment/);
    }
  });

  it('F-IMG-3 F-IMG-12 an erasure that is answered too early is found', async () => {
    const erased = await recorded(erasure());
    const { orderId } = erased.shown.get(ERASED) as ErasedOrder;
    const [first] = erased.commands;
    const shown = new Map([[ERASED, { orderId, after: first?.key ?? '' }]]);
    expect(await firstFound({ ...erased, shown })).toMatch(/is named in/);
  });

  it('F-IMG-3 a backup that leaves out its sync is found', async () => {
    const made = withoutSyncs(await recorded(backup()), /backup\.tar\.part$/);
    const found = await firstFoundBehind(made, ({ kind }) => kind === 'said');
    expect(found).toMatch(/the backup: /);
  });
});
