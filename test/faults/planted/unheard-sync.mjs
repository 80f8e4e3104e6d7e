/** A planted bug: a sync that fails is taken for one that was done. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { fsyncSync } = fs;
fs.fsyncSync = (file) => {
  try {
    fsyncSync(file);
  } catch {
    // Nobody hears of it.
  }
};
syncBuiltinESMExports();
