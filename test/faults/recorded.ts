/** What the tests of images share: one recording a file of tests, and where a run that finds something leaves it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImagePlan } from './images/plan.js';
import { record, type Recording, type Scenario } from './recording/recorder.js';
import { describeFinding, runImages } from './run/image-run.js';
import { writeRecording } from './run/recording-file.js';

const KEPT = fileURLToPath(new URL('../../build/faults/kept/', import.meta.url));
/** A whole hub is started on every so many images. */
const SERVE_EVERY = 150;

export function recorded(scenario: Scenario): Promise<Recording> {
  // A missing strace fails here, loudly: CI installs it.
  execFileSync('strace', ['--version']);
  return record(scenario);
}

/** One line for each image that failed; the recording is kept with them. */
export async function findingsIn(
  recording: Recording,
  plans: readonly ImagePlan[],
  seed: number,
): Promise<string[]> {
  const options = { recording, plans, seed, serveEvery: SERVE_EVERY, keepIn: KEPT };
  const found = await runImages(options);
  if (found.length === 0) return [];
  const file = join(KEPT, `${recording.name}-${seed}.recording`);
  writeRecording(file, recording);
  const again = `again: npm run images -- --recording ${file} --seed ${seed} --image`;
  return found.map((finding) => {
    return `${describeFinding(finding)}\n    ${again} ${finding.plan.kind}:${finding.plan.number}`;
  });
}
