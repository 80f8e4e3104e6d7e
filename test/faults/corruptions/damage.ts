/** What can happen to the files of a data directory while no hub runs: one kind of damage at a time, chosen by the seed. */
import type { Random } from '../../support/random-traffic/random.js';
import type { Tree } from '../recording/tree.js';

/** The same data directory at several times, and another restaurant's. */
export interface Copies {
  readonly now: Tree;
  readonly older: Tree;
  readonly other: Tree;
}

export interface Damaged {
  readonly tree: Tree;
  /** In words, for the one who looks for it. */
  readonly what: string;
}

type Files = Map<string, Buffer>;
/** Changes the files, and says what it did. */
type Damage = (files: Files, random: Random, copies: Copies) => string;

const PAGE_BYTES = 4_096;
/** Small files as often as large ones, and the database and its log most of all. */
const WORTH_DAMAGING = /expeditor\.db|heads\.json|\.segment$/;

function someFile(files: Files, random: Random): [path: string, bytes: Buffer] {
  const paths = [...files.keys()].filter((path) => WORTH_DAMAGING.test(path));
  const path = random.pick(paths) ?? '';
  return [path, Buffer.from(files.get(path) ?? '')];
}

function takeFrom(pattern: RegExp, from: 'older' | 'other'): Damage {
  return (files, random, copies) => {
    const paths = [...files.keys()].filter((path) => pattern.test(path));
    const path = random.pick(paths) ?? '';
    const bytes = copies[from].files.get(path);
    if (bytes === undefined) files.delete(path);
    else files.set(path, bytes);
    return `${path} of ${from === 'older' ? 'before' : 'another restaurant'}`;
  };
}

export const DAMAGES = {
  flipped_bit(files, random) {
    const [path, bytes] = someFile(files, random);
    const at = random.whole(0, Math.max(0, bytes.length - 1));
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.whole(0, 7)), at);
    files.set(path, bytes);
    return `a bit of byte ${at} of ${path}`;
  },
  flipped_bits(files, random) {
    const [path, bytes] = someFile(files, random);
    const places = Array.from({ length: random.whole(2, 64) }, () =>
      random.whole(0, Math.max(0, bytes.length - 1)),
    );
    for (const at of places) bytes.writeUInt8(bytes.readUInt8(at) ^ random.whole(1, 255), at);
    files.set(path, bytes);
    return `${places.length} bytes of ${path}`;
  },
  cut_file(files, random) {
    const [path, bytes] = someFile(files, random);
    const length = random.whole(0, Math.max(0, bytes.length - 1));
    files.set(path, bytes.subarray(0, length));
    return `${path} cut to ${length} of ${bytes.length} bytes`;
  },
  zeroed_page(files, random) {
    const [path, bytes] = someFile(files, random);
    const page = random.whole(0, Math.floor(Math.max(0, bytes.length - 1) / PAGE_BYTES));
    bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES).fill(0);
    files.set(path, bytes);
    return `page ${page} of ${path}`;
  },
  missing_file(files, random) {
    const [path] = someFile(files, random);
    files.delete(path);
    return path;
  },
  missing_log(files) {
    for (const path of files.keys()) if (path.endsWith('-wal')) files.delete(path);
    return 'the log';
  },
  older_log: takeFrom(/-wal$/, 'older'),
  other_log: takeFrom(/-wal$/, 'other'),
  older_database: takeFrom(/expeditor\.db$/, 'older'),
  other_database: takeFrom(/expeditor\.db$/, 'other'),
  older_heads: takeFrom(/heads\.json$/, 'older'),
  other_heads: takeFrom(/heads\.json$/, 'other'),
} as const satisfies Readonly<Record<string, Damage>>;
export type DamageName = keyof typeof DAMAGES;

/** Damage that comes in few forms is done as often as it has forms; the others share the rest. */
const WEIGHTS: readonly { readonly name: DamageName; readonly weight: number }[] = [
  ...(['flipped_bit', 'flipped_bits', 'cut_file', 'zeroed_page'] as const).map((name) => ({
    name,
    weight: 8,
  })),
  ...(Object.keys(DAMAGES) as DamageName[]).slice(4).map((name) => ({ name, weight: 1 })),
];

export function chooseDamage(random: Random): DamageName {
  return random.weighted(WEIGHTS)?.name ?? 'flipped_bit';
}

export function damage(name: DamageName, copies: Copies, random: Random): Damaged {
  const files = new Map(copies.now.files);
  const what = DAMAGES[name](files, random, copies);
  return { tree: { ...copies.now, files }, what };
}
