/** No file of ours above 400 lines. Prints those that are and exits 1. Usage: check-size.mjs [root] */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const LINES_MAX = 400;
const FOLDERS = ['src', 'test', 'bench', 'web', 'scripts'];
const ENDINGS = /\.(ts|tsx|mjs|cjs|js|py)$/;

const root = process.argv[2] ?? process.cwd();

function filesUnder(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && ENDINGS.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .filter((file) => !file.includes('node_modules'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

const tooLong = FOLDERS.flatMap((folder) => filesUnder(join(root, folder)))
  .map((file) => ({ file: relative(root, file), lines: countLines(file) }))
  .filter(({ lines }) => lines > LINES_MAX);

function countLines(file) {
  const text = readFileSync(file, 'utf8');
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

for (const { file, lines } of tooLong) {
  console.error(`${file}: ${lines} lines, at most ${LINES_MAX}: split it by what it owns`);
}
process.exitCode = tooLong.length === 0 ? 0 : 1;
