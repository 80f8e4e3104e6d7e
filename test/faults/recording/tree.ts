/** A directory tree in memory: what a recording began with, and what an image is. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By path from the root, parents before what is in them. */
export interface Tree {
  readonly directories: readonly string[];
  readonly files: ReadonlyMap<string, Buffer>;
}

/** SQLite maps it into memory, so that what is written to it does not show, and makes it anew at a start. */
export const NOT_RECORDED = /-shm$/;

/** Of a directory that exists, or nothing. */
export function readTree(root: string): Tree {
  const directories: string[] = [];
  const files = new Map<string, Buffer>();
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        directories.push(inside);
        walk(inside);
      } else if (!NOT_RECORDED.test(inside)) files.set(inside, readFileSync(join(root, inside)));
    }
  };
  if (existsSync(root)) walk('');
  return { directories, files };
}

/** In place of whatever is under `root`. */
export function writeTree({ directories, files }: Tree, root: string): void {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const path of directories) mkdirSync(join(root, path), { mode: 0o700 });
  for (const [path, bytes] of files) writeFileSync(join(root, path), bytes, { mode: 0o600 });
}
