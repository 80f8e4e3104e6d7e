/** A hub's first start on the database of an older program, and the commands after it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { HubScenario } from '../recording/recorder.js';
import { Restaurant } from './restaurant.js';

/** From the repository's root, wherever this file itself was compiled to. */
const DIST = dirname(createRequire(import.meta.url).resolve('#dist/server/main.js'));
const SCHEMAS = join(DIST, '../../test/store/schemas');
/** Under which the version is shown that the database had. */
export const OLD_VERSION = 'the version of the older program';

export function migration(version: 1 | 2): HubScenario {
  return {
    name: `migration-${version}`,
    prepare: (directory, book) => {
      const old = readFileSync(join(SCHEMAS, `version-${version}.db.br`));
      mkdirSync(directory, { mode: 0o700 });
      writeFileSync(join(directory, 'expeditor.db'), brotliDecompressSync(old));
      book.shown.set(OLD_VERSION, version);
      return Promise.resolve();
    },
    run: async (hub, book) => {
      const till = hub.client({ role: 'manager', encoding: 'json' });
      const restaurant = new Restaurant(book);
      const shift = await restaurant.openShift(till);
      await restaurant.payIn(till, shift);
      till.close();
    },
  };
}
