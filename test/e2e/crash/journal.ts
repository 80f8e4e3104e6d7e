/** What clients were told, as they wrote it down themselves: one line for each acknowledged key, with its version. */
import { existsSync, readFileSync } from 'node:fs';

export interface Acknowledged {
  readonly key: string;
  readonly version: number;
}

/** Whole lines only: the last one may have been cut by a kill. A key stands again for each time that it was acknowledged. */
export function readJournal(path: string): readonly Acknowledged[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [key = '', version] = line.split(' ');
    return { key, version: Number(version) };
  });
}

export function distinctKeys(acknowledged: readonly Acknowledged[]): number {
  return new Set(acknowledged.map(({ key }) => key)).size;
}
