/** The version of this program, from its package.json. */
import { readFileSync } from 'node:fs';
import { assert } from '../base/assert.js';

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  assert(typeof parsed === 'object' && parsed !== null && 'version' in parsed, 'has a version');
  return String(parsed.version);
}

export const VERSION = readVersion();
