/**
 * Writes docs/openapi.json and docs/asyncapi.json from the tables that the hub itself checks by; run after the build.
 * With --check it writes nothing and exits 1 where a file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { documents } from '../dist/api/document/documents.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const checks = process.argv.includes('--check');
let stale = 0;

function present(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

for (const [name, document] of Object.entries(documents(version))) {
  const file = new URL(`../docs/${name}`, import.meta.url);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (present(file) === text) continue;
  if (checks) {
    stale += 1;
    console.error(`docs/${name} is stale: run npm run build && npm run write:docs`);
  } else {
    writeFileSync(file, text);
    console.log(`docs/${name} written`);
  }
}
process.exitCode = stale === 0 ? 0 : 1;
