/**
 * Every number of the specification is shown by a test whose title begins with it, and no title names a number that the
 * specification lacks. Prints what is missing and exits 1. Usage: check-spec.mjs [root]
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const SPEC = 'docs/spec.md';
const NUMBER = '[A-Z](?:-[A-Z][A-Z0-9]*)*-?\\d+';
const IN_SPEC = new RegExp(`\\*\\*(${NUMBER})\\*\\*`, 'g');
const TITLE_START = new RegExp(`^(${NUMBER})(?=[\\s,:]|$)[\\s,:]*`);
const TEST_FUNCTIONS = new Set(['describe', 'it', 'test']);

const root = process.argv[2] ?? process.cwd();

function filesUnder(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

/** The numbers that a title begins with: one, or several with blanks or commas between. */
function leadingNumbers(title) {
  const numbers = [];
  let rest = title;
  for (let match = TITLE_START.exec(rest); match !== null; match = TITLE_START.exec(rest)) {
    numbers.push(match[1]);
    rest = rest.slice(match[0].length);
  }
  return numbers;
}

/** `it` of `it('…')`, `it.each([…])('…')`, `it.skipIf(…)('…')`. */
function calledName(expression) {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression)) {
    return calledName(expression.expression);
  }
  return undefined;
}

function titleOf(node) {
  if (!ts.isCallExpression(node)) return undefined;
  const name = calledName(node.expression);
  const title = node.arguments[0];
  if (name === undefined || !TEST_FUNCTIONS.has(name) || title === undefined) return undefined;
  if (ts.isStringLiteralLike(title)) return title.text;
  return ts.isTemplateExpression(title) ? title.head.text : undefined;
}

function titlesIn(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const titles = [];
  const visit = (node) => {
    const title = titleOf(node);
    if (title !== undefined) titles.push(title);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

const faults = [];
const specified = new Set();
for (const [, number] of readFileSync(join(root, SPEC), 'utf8').matchAll(IN_SPEC)) {
  if (specified.has(number)) faults.push(`${SPEC}: ${number} stands twice`);
  specified.add(number);
}

const tests = existsSync(join(root, 'test')) ? filesUnder(join(root, 'test'), '.ts') : [];
const shown = new Set();
for (const file of tests) {
  for (const title of titlesIn(file)) {
    for (const number of leadingNumbers(title)) {
      shown.add(number);
      if (!specified.has(number)) {
        faults.push(`${relative(root, file)}: "${title}" names ${number}, which no spec line has`);
      }
    }
  }
}
for (const number of specified) {
  if (!shown.has(number)) faults.push(`${number} has no test`);
}

for (const fault of faults) console.error(fault);
console.log(`${specified.size} numbers, ${shown.size} shown by tests, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
