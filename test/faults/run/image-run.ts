/** Builds the images of a recording one after the other, each from its own cut and seed, and checks each. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Expectation } from '../checker/check-image.js';
import { checkOf, NOT_SERVED, type ImageCheck } from '../checker/checks.js';
import { serveImage } from '../checker/serve-image.js';
import { Disk } from '../images/disk.js';
import { killImage } from '../images/image.js';
import { randomOf, type ImagePlan } from '../images/plan.js';
import { powerLossImage } from '../images/power-loss.js';
import { DATA, type Recording } from '../recording/recorder.js';
import { writeTree, type Tree } from '../recording/tree.js';

export interface ImageFinding {
  readonly plan: ImagePlan;
  readonly findings: readonly string[];
  /** Where the image was kept, before anything started on it. */
  readonly kept: string;
}

export interface ImageRunOptions {
  readonly recording: Recording;
  readonly plans: readonly ImagePlan[];
  readonly seed: number;
  /** Every so many images a whole hub is started, and asked everything again. */
  readonly serveEvery: number;
  /** Where images that fail are kept. */
  readonly keepIn: string;
  /** Default: `powerLossImage` and `killImage`. */
  readonly build?: (disk: Disk, plan: ImagePlan) => Tree;
  readonly onChecked?: (plan: ImagePlan) => void;
  /** Images that fail before the run ends early; default: none does. */
  readonly findingsMax?: number;
}

/** Memory, where there is a file system in it: no image needs its fsync. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function runImages(options: ImageRunOptions): Promise<ImageFinding[]> {
  const { recording, plans, seed, keepIn, findingsMax = Infinity } = options;
  const build =
    options.build ??
    ((disk, plan) =>
      plan.kind === 'kill' ? killImage(disk) : powerLossImage(disk, randomOf(seed, plan)));
  const root = mkdtempSync(join(SCRATCH, 'image-'));
  const disk = new Disk(recording.initial);
  const acknowledged = new Map(recording.before);
  const said: string[] = [];
  const check = checkOf(recording.name);
  const isServable = !NOT_SERVED.has(recording.name);
  const found: ImageFinding[] = [];
  try {
    for (const plan of [...plans].sort((a, b) => a.cut - b.cut)) {
      for (const step of recording.steps.slice(disk.at, plan.cut)) {
        disk.take(step);
        if (step.kind === 'acknowledged') acknowledged.set(step.key, step.version);
        if (step.kind === 'said') said.push(step.line);
      }
      const image = build(disk, plan);
      writeTree(image, root);
      const { commands, answers, shown } = recording;
      const findings = await checkOne({
        ...{ image, root, check, expected: { commands, answers, acknowledged, shown, said } },
        isServed: isServable && plan.number % options.serveEvery === options.serveEvery - 1,
      });
      options.onChecked?.(plan);
      if (findings.length === 0) continue;
      const kept = join(keepIn, `${recording.name}-${plan.kind}-${seed}-${plan.number}`);
      keep(image, kept);
      found.push({ plan, findings, kept });
      if (found.length >= findingsMax) break;
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return found;
}

interface One {
  readonly image: Tree;
  readonly root: string;
  readonly check: ImageCheck;
  readonly expected: Expectation;
  readonly isServed: boolean;
}

async function checkOne({ image, root, check, expected, isServed }: One): Promise<string[]> {
  const findings = await check(root, expected);
  if (!isServed || findings.length > 0) return findings;
  writeTree(image, root);
  return serveImage(join(root, DATA), expected);
}

function keep(image: Tree, path: string): void {
  mkdirSync(path, { recursive: true });
  writeTree(image, path);
}

/** One line for each image that failed, with what it takes to see it again. */
export function describeFinding({ plan, findings, kept }: ImageFinding): string {
  const place = `${plan.kind} image ${plan.number}, cut at step ${plan.cut}`;
  return [`${place}, kept in ${kept}`, ...findings.slice(0, 5)].join('\n    ');
}
