/** Where a recording is cut for the image of a number. */
import { Random } from '../../support/random-traffic/random.js';
import type { Step } from '../recording/step.js';

export interface ImagePlan {
  readonly number: number;
  readonly kind: 'power_loss' | 'kill';
  /** Steps that were taken before the cut. */
  readonly cut: number;
}

/** Each image draws from a seed of its own, so that it can be built alone. */
export function randomOf(
  seed: number,
  { kind, number }: Pick<ImagePlan, 'kind' | 'number'>,
): Random {
  const random = new Random(seed * 2_000_003 + number * 2 + (kind === 'kill' ? 1 : 0));
  random.next();
  return random;
}

const SYNCS: readonly Step['kind'][] = ['sync_begins', 'sync_ends'];
const BOUNDARIES: readonly Step['kind'][] = [
  ...(['sync_begins', 'sync_ends', 'rename', 'link', 'unlink', 'said'] as const),
];

function cutsBehind(steps: readonly Step[], kinds: readonly Step['kind'][]): number[] {
  return steps.flatMap(({ kind }, index) => (kinds.includes(kind) ? [index + 1] : []));
}

/** The first ones stand behind each acknowledgement; the rest behind an acknowledgement, a sync or a name, or anywhere. */
export function powerLossPlans(steps: readonly Step[], count: number, seed: number): ImagePlan[] {
  const acknowledged = cutsBehind(steps, ['acknowledged', 'said']);
  const boundaries = cutsBehind(steps, BOUNDARIES);
  return Array.from({ length: count }, (_, number) => {
    const plan = { number, kind: 'power_loss' } as const;
    const turn = acknowledged[number];
    if (turn !== undefined) return { ...plan, cut: turn };
    const random = randomOf(seed + 1, plan);
    const places = [acknowledged, boundaries][random.whole(0, 2)] ?? [];
    return { ...plan, cut: random.pick(places) ?? random.whole(0, steps.length) };
  });
}

/**
 * Behind every sync, its beginning and its end, and every change of a name; and behind a sample of the writes. Where nothing
 * but syncs lies between two of them, the kernel has the same: one image stands for both.
 */
export function killPlans(steps: readonly Step[], writes: number, seed: number): ImagePlan[] {
  const all = cutsBehind(steps, ['write', 'truncate', 'create', 'make_directory']);
  const sample = randomOf(seed, { kind: 'kill', number: 0 }).some(all, writes);
  const cuts = [...cutsBehind(steps, BOUNDARIES), ...sample, steps.length].sort((a, b) => a - b);
  const unlike = cuts.filter((cut, index) =>
    steps.slice(cuts[index - 1] ?? 0, cut).some(({ kind }) => !SYNCS.includes(kind)),
  );
  return unlike.map((cut, number) => ({ number, kind: 'kill', cut }));
}
