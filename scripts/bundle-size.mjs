/**
 * What a page downloads for `expeditor/client`: bundled for browsers, minified and gzipped. Prints what it is made of, and
 * exits 1 above the limit or if anything of Node or of the schemas' library gets into it. Needs dist/.
 */
import { isBuiltin } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** What pages import, and how much of it there may be, in bytes gzipped and without the codec, which has its own size. */
const PAGES = {
  'a screen': { imports: 'connectClient', gzipBytesMax: 25 * 1024 },
  // It brings the rules of the house along, so that it knows what the guest has to pay.
  'a till that sells offline': {
    imports: 'connectClient, offlineQueue, indexedDbStorage',
    gzipBytesMax: 36 * 1024,
  },
};
const CODEC = /^msgpackr(\/|$)/;
const FORBIDDEN = /node_modules\/(typebox|better-sqlite3|ws)\//;

const PAGE = 'page.js';
const root = fileURLToPath(new URL('../', import.meta.url));

async function bundle(imports, external) {
  const build = await rolldown({
    input: PAGE,
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === PAGE ? id : null),
        load: (id) =>
          id === PAGE ? `export { ${imports} } from '${root}dist/client/index.js';` : null,
      },
    ],
    platform: 'browser',
    external: (id) => isBuiltin(id) || external.test(id),
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  return output.filter(({ type }) => type === 'chunk');
}

const gzipBytes = (chunks) =>
  gzipSync(chunks.map(({ code }) => code).join('\n'), { level: 9 }).length;

/** src's folder, or the package. */
function partOf(file) {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file);
  if (inPackage !== null) return inPackage[1];
  const folder = /^dist\/(?:client\/[^/]+(?=\/)|[^/]+)/.exec(file);
  return folder === null ? 'the bundler' : folder[0].replace('dist', 'src');
}

/** Bytes before they are minified, by part. */
function parts(chunks) {
  const bytes = new Map();
  for (const { modules } of chunks) {
    for (const [file, { renderedLength }] of Object.entries(modules)) {
      const part = partOf(relative(root, file));
      bytes.set(part, (bytes.get(part) ?? 0) + renderedLength);
    }
  }
  return [...bytes].sort(([, a], [, b]) => b - a);
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

const faults = [];

for (const [page, { imports, gzipBytesMax }] of Object.entries(PAGES)) {
  const without = await bundle(imports, CODEC);
  const whole = await bundle(imports, /^$/);
  const minified = without.reduce((sum, { code }) => sum + code.length, 0);
  const gzipped = gzipBytes(without);
  console.log(
    `${page}: ${kilobytes(gzipped)} gzipped without the codec, ${kilobytes(minified)} minified`,
  );
  console.log(`  with the codec ${kilobytes(gzipBytes(whole))} gzipped; as written:`);
  for (const [part, bytes] of parts(without)) {
    if (bytes > 0) console.log(`  ${part.padEnd(24)} ${kilobytes(bytes).padStart(9)}`);
  }
  if (gzipped > gzipBytesMax) faults.push(`${page}: above ${kilobytes(gzipBytesMax)}`);
  faults.push(...foreign(whole));
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

/** What has no place in a page. */
function foreign(chunks) {
  return chunks.flatMap(({ imports, dynamicImports, modules }) => [
    ...[...imports, ...dynamicImports]
      .filter((name) => isBuiltin(name))
      .map((name) => `${name} of Node is imported`),
    ...Object.keys(modules)
      .filter((id) => FORBIDDEN.test(id))
      .map((id) => `${relative(root, id)} is no part of a page`),
  ]);
}
