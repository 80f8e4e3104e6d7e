/** What an operation writes under a name of its own until it is whole, and may not leave behind. */
import { readdirSync } from 'node:fs';

const HALF_WRITTEN = /\.(?:new|part)(?:-journal|-wal|-shm)?$/;

/** Under `root`, with their paths. */
export function strayFiles(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => HALF_WRITTEN.test(name)).sort();
}
