/**
 * The examples of docs/api.md, run in order in one bash against a hub of their own. What a block prints is compared with the `json` or
 * `text` block that follows it; a block without one must only succeed.
 *
 * The rule of `...`: in a text it stands for any text, and alone it stands for any value. Behind other elements of a list it stands for
 * any further ones. As a key it stands for all keys that are not named, of which there is at least one, and each value has to
 * match its value. All else is equal: the same keys, no more and no fewer.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, HubProcess } from '../support/hub-process.js';

const PAGE = new URL('../../docs/api.md', import.meta.url);
const REPOSITORY = new URL('../../', import.meta.url);
const SHELL_WAIT_MS = 60_000;
const ANY = '...';

interface Example {
  readonly line: number;
  readonly script: string;
  /** A fence of `json` or `text`; null: what it prints is not looked at. */
  readonly expected: Fence | null;
}

interface Fence {
  readonly line: number;
  readonly language: string;
  readonly content: string;
}

function fencesOf(page: string): Fence[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((found) => ({
    line: page.slice(0, found.index).split('\n').length,
    language: found[1] ?? '',
    content: found[2] ?? '',
  }));
}

function examplesOf(page: string): Example[] {
  const fences = fencesOf(page);
  return fences.flatMap(({ line, language, content }, index) => {
    if (language !== 'sh') return [];
    const next = fences[index + 1];
    const isShown = next?.language === 'json' || next?.language === 'text';
    return [{ line, script: content, expected: isShown ? next : null }];
  });
}

const end = (index: number): string => `== end of example ${index} ==\n`;

/** What all of them print. Stops at the first that fails, and says which. */
function runInBash(examples: readonly Example[], variables: Readonly<Record<string, string>>) {
  const marked = examples.map(({ script }, index) => `${script}printf '%s' '${end(index)}'\n`);
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', `set -euo pipefail\n${marked.join('')}`],
    {
      cwd: REPOSITORY,
      env: { PATH: process.env['PATH'], ...variables },
      timeout: SHELL_WAIT_MS,
      encoding: 'utf8',
    },
  );
  const failed = examples[stdout.split('== end of example').length - 1];
  if (failed === undefined && status === 0) return stdout;
  throw new Error(
    `the example of line ${String(failed?.line)} fails: ${stderr}\n${stdout.slice(-500)}`,
  );
}

/** Where `found` is not what the page shows; null: nowhere. */
function difference(shown: unknown, found: unknown, path = ''): string | null {
  if (shown === ANY) return null;
  if (typeof shown === 'string' && typeof found === 'string') {
    return matchesText(shown, found) ? null : `${path}: ${found} in place of ${shown}`;
  }
  if (Array.isArray(shown) && Array.isArray(found)) return listDifference(shown, found, path);
  if (isFields(shown) && isFields(found)) return fieldsDifference(shown, found, path);
  return shown === found
    ? null
    : `${path}: ${JSON.stringify(found)} in place of ${JSON.stringify(shown)}`;
}

function matchesText(shown: string, found: string): boolean {
  const parts = shown.split(ANY).map((part) => part.replaceAll(/[^\w\s]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(found);
}

function listDifference(shown: unknown[], found: unknown[], path: string): string | null {
  const isOpen = shown.at(-1) === ANY && shown.length > 1;
  const named = isOpen ? shown.slice(0, -1) : shown;
  if (isOpen ? found.length < named.length : found.length !== named.length) {
    return `${path}: ${found.length} elements`;
  }
  return first(named.map((each, index) => difference(each, found[index], `${path}/${index}`)));
}

function fieldsDifference(shown: Fields, found: Fields, path: string): string | null {
  const { [ANY]: others, ...named } = shown;
  const rest = Object.keys(found).filter((name) => !(name in named));
  if (others === undefined ? rest.length > 0 : rest.length === 0) {
    return `${path}: not named are [${rest.join(', ')}]`;
  }
  const missing = Object.keys(named).find((name) => !(name in found));
  if (missing !== undefined) return `${path}/${missing}: is missing`;
  return first([
    ...Object.keys(named).map((name) => difference(named[name], found[name], `${path}/${name}`)),
    ...rest.map((name) => difference(others, found[name], `${path}/${name}`)),
  ]);
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(differences: readonly (string | null)[]): string | null {
  return differences.find((each) => each !== null) ?? null;
}

describe('the examples of docs/api.md', () => {
  const directory = mkdtempSync(join(tmpdir(), 'expeditor-api-docs-'));
  let hub: HubProcess;

  beforeAll(async () => {
    hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
  });

  afterAll(async () => {
    await hub.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('DOC-API-1 run in order in one bash, and print what stands beneath them', () => {
    const examples = examplesOf(readFileSync(PAGE, 'utf8'));
    const stdout = runInBash(examples, {
      HUB: hub.url.replace(/^ws(.*)\/ws$/, 'http$1'),
      DATA: directory,
    });
    let at = 0;
    const differences = examples.flatMap(({ line, expected }, index) => {
      const ends = stdout.indexOf(end(index), at);
      const printed = stdout.slice(at, ends).replaceAll('\r', '');
      at = ends + end(index).length;
      if (expected === null) return [];
      const { language, content } = expected;
      const found =
        language === 'json'
          ? difference(JSON.parse(content), JSON.parse(printed))
          : difference(content, printed);
      return found === null ? [] : [`line ${line}: ${found}`];
    });
    expect(differences).toEqual([]);
    expect(examples.filter(({ expected }) => expected !== null).length).toBeGreaterThan(20);
  });

  it('DOC-API-2 are compared by a rule that finds a wrong value, a key too many and one too few', () => {
    const shown = { id: ANY, list: [1, ANY], rows: { [ANY]: { version: 1 } }, text: 'a...z' };
    const found = { id: 7, list: [1, 2, 3], rows: { x: { version: 1 } }, text: 'a to z' };
    expect(difference(shown, found)).toBe(null);
    expect(difference(shown, { ...found, more: 1 })).toContain('more');
    expect(difference(shown, { ...found, rows: {} })).toContain('/rows');
    expect(difference(shown, { ...found, rows: { x: { version: 2 } } })).toContain(
      '/rows/x/version',
    );
    expect(difference(shown, { ...found, list: [2] })).toContain('/list/0');
    expect(difference(shown, { ...found, text: 'z to a' })).toContain('/text');
    const { id: _id, ...without } = found;
    expect(difference(shown, without)).toContain('/id: is missing');
  });
});
