/** Which seeds the random tests run: a few by default, one to replay a finding (`SEED=7`), or many (`SEEDS=200`). */
import { env } from 'node:process';

function whole(name: string): number | null {
  const text = env[name];
  if (text === undefined || !/^\d+$/.test(text)) return null;
  return Number(text);
}

/** `SEED` alone, else as many as `SEEDS` says (default `count`), from `SEED_FROM` (default 1) on. */
export function seedsToRun(count: number): readonly number[] {
  const only = whole('SEED');
  if (only !== null) return [only];
  const from = whole('SEED_FROM') ?? 1;
  return Array.from({ length: whole('SEEDS') ?? count }, (_, index) => from + index);
}
