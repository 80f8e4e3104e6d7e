/**
 * What a page downloads for `expeditor/client`: bundled for browsers, minified and gzipped. Prints what it is made of, and
 * exits 1 above the limit or if anything of Node or of the schemas' library gets into it. Needs dist/.
 */
import { isBuiltin } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** Without the codec, which a page that speaks JSON alone has no use for. */
const GZIP_BYTES_MAX = 25 * 1024;
const CODEC = /^msgpackr(\/|$)/;
const FORBIDDEN = /node_modules\/(typebox|better-sqlite3|ws)\//;

const root = fileURLToPath(new URL('../', import.meta.url));

async function bundle(external) {
  const build = await rolldown({
    input: `${root}dist/client/index.js`,
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
  return folder === null ? file : folder[0].replace('dist', 'src');
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

const without = await bundle(CODEC);
const whole = await bundle(/^$/);
const faults = [];

for (const [part, bytes] of parts(without)) {
  console.log(`${part.padEnd(32)} ${kilobytes(bytes).padStart(9)} as written`);
}
const minified = without.reduce((sum, { code }) => sum + code.length, 0);
const gzipped = gzipBytes(without);
console.log(`without the codec: ${kilobytes(minified)} minified, ${kilobytes(gzipped)} gzipped`);
console.log(`with it: ${kilobytes(gzipBytes(whole))} gzipped`);

if (gzipped > GZIP_BYTES_MAX) faults.push(`above ${kilobytes(GZIP_BYTES_MAX)} without the codec`);
for (const { imports, dynamicImports, modules } of whole) {
  for (const name of [...imports, ...dynamicImports].filter(isBuiltin)) {
    faults.push(`${name} of Node is imported`);
  }
  for (const file of Object.keys(modules).filter((id) => FORBIDDEN.test(id))) {
    faults.push(`${relative(root, file)} is no part of a page`);
  }
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
