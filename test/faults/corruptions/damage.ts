/** What can happen to the files of a data directory while no hub runs: one kind of damage at a time, chosen by the seed. */
import type { Random } from '../../support/random-traffic/random.js';
import type { Tree } from '../recording/tree.js';
import { alterValue, removeRow } from './altered-rows.js';
import { SEGMENT, type Copies } from './pristine.js';

export interface Damaged {
  readonly tree: Tree;
  /** In words, for the one who looks for it. */
  readonly what: string;
}

type Files = Map<string, Buffer>;
/** Changes the files, and says what it did. */
type Damage = (files: Files, random: Random, copies: Copies) => string;

const PAGE_BYTES = 4_096;
/** What is hit most often is what holds most. */
const FILES = [
  { pattern: /expeditor\.db$/, weight: 4 },
  { pattern: /-wal$/, weight: 2 },
  { pattern: /heads\.json$/, weight: 1 },
  { pattern: SEGMENT, weight: 3 },
] as const;

function someFile(files: Files, random: Random, pattern?: RegExp): [path: string, bytes: Buffer] {
  const wanted = pattern ?? random.weighted(FILES)?.pattern ?? /./;
  const path = random.pick([...files.keys()].filter((name) => wanted.test(name))) ?? '';
  return [path, Buffer.from(files.get(path) ?? '')];
}

function takeFrom(pattern: RegExp, from: 'older' | 'other'): Damage {
  return (files, random, copies) => {
    const [path] = someFile(files, random, pattern);
    const age = random.whole(0, copies.older.length - 1);
    const source = from === 'older' ? copies.older[age] : copies.other;
    const bytes = source?.files.get(path);
    if (bytes === undefined) files.delete(path);
    else files.set(path, bytes);
    return `${path} of ${from === 'older' ? `before (${age})` : 'another restaurant'}`;
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
  altered_value: alterValue,
  removed_row: removeRow,
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
  older_pair(files, random, copies) {
    const age = random.whole(0, copies.older.length - 1);
    for (const path of ['expeditor.db', 'expeditor.db-wal']) {
      const bytes = copies.older[age]?.files.get(path);
      if (bytes === undefined) files.delete(path);
      else files.set(path, bytes);
    }
    return `database and log of before (${age})`;
  },
  other_database: takeFrom(/expeditor\.db$/, 'other'),
  older_heads: takeFrom(/heads\.json$/, 'older'),
  other_heads: takeFrom(/heads\.json$/, 'other'),
  other_segment(files, random, copies) {
    const [path] = someFile(files, random, SEGMENT);
    const [, bytes] = someFile(new Map(copies.other.files), random, SEGMENT);
    files.set(path, bytes);
    return `${path} of another restaurant`;
  },
  older_segment(files, random, copies) {
    const [path] = someFile(files, random, SEGMENT);
    files.set(path, copies.otherwise.get(path) ?? Buffer.alloc(0));
    return `${path} as it was written another time`;
  },
  swapped_segments(files, random) {
    const paths = [...files.keys()].filter((path) => SEGMENT.test(path));
    const [one = '', two = ''] = random.some(paths, 2);
    const [first, second] = [files.get(one), files.get(two)];
    if (first !== undefined && second !== undefined) files.set(one, second).set(two, first);
    return `${one} and ${two}`;
  },
} as const satisfies Readonly<Record<string, Damage>>;
export type DamageName = keyof typeof DAMAGES;

/** Damage that comes in many forms is done more often; that of one form each shares the rest. */
const MANY_FORMS: Partial<Readonly<Record<DamageName, number>>> = {
  ...{ flipped_bit: 10, flipped_bits: 8, cut_file: 6, zeroed_page: 8 },
  ...{ altered_value: 10, removed_row: 6, missing_file: 2, older_segment: 2, other_segment: 2 },
};
const WEIGHTS = (Object.keys(DAMAGES) as DamageName[]).map((name) => ({
  name,
  weight: MANY_FORMS[name] ?? 1,
}));

export function chooseDamage(random: Random): DamageName {
  return random.weighted(WEIGHTS)?.name ?? 'flipped_bit';
}

export function damage(name: DamageName, copies: Copies, random: Random): Damaged {
  const files = new Map(copies.now.files);
  const what = DAMAGES[name](files, random, copies);
  return { tree: { ...copies.now, files }, what };
}
