/** Makes the data directory so that a power loss does not take it away with all that is acknowledged in it. */
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Readable by its owner alone (0700) where it is made; one that is there is left as it is. Throws what the file system says. */
export function makeDataDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  chmodSync(directory, 0o700);
  syncNames(resolve(first), resolve(directory));
}

/** Each new directory's name is on the disk once the one above it is synced: the files in it may be, and be lost with it. */
function syncNames(first: string, last: string): void {
  for (let path = last; path.length >= first.length; path = dirname(path)) {
    const above = openSync(dirname(path), 'r');
    try {
      fsyncSync(above);
    } finally {
      closeSync(above);
    }
  }
}
