/** A throw-away project folder for the checks of the house, which all take files and say what is wrong with them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const REPOSITORY = new URL('../../', import.meta.url).pathname;

export interface Fixture {
  readonly folder: string;
  remove(): void;
}

export function plant(files: Readonly<Record<string, string>>): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'expeditor-check-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a script of the repository under this Node. */
export function runNode(script: string, args: readonly string[], folder = REPOSITORY): Outcome {
  const ended = spawnSync(process.execPath, [join(REPOSITORY, script), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: ended.status, output: ended.stdout + ended.stderr };
}
