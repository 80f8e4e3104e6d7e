/**
 * Patches (RFC 6902) of the inside of columns that hold JSON, and of what an order was; the one place that knows
 * fast-json-patch. Only the hub makes patches and only clients apply them: a patch from a client is never applied anywhere.
 */
import jsonPatch from 'fast-json-patch';
import { FORBIDDEN_KEYS } from './broken.js';
import { packedLength } from './codec.js';
import type { PatchOperation, UpdatedRow, ViewRow } from './messages.js';

/** Bytes of a column up to which no patch of it can be smaller: one operation takes about as many. */
const SMALL_COLUMN_BYTES = 40;

/** The values of one row's columns, as a view shows them, at the two ends of a change. */
export interface ColumnValues {
  readonly before: (column: string) => unknown;
  readonly after: (column: string) => unknown;
}

/** How the columns changed, each in the smaller of the two forms; those that are equal after all are left out. */
export function updatedColumns(
  columns: readonly string[],
  values: ColumnValues,
): Pick<UpdatedRow, 'changes' | 'patch'> {
  const updated: { changes?: Record<string, unknown>; patch?: PatchOperation[] } = {};
  for (const column of columns) {
    const after = values.after(column);
    const operations = patchIfSmaller(values.before(column), after, column);
    if (operations === null) (updated.changes ??= {})[column] = after;
    else if (operations.length > 0) (updated.patch ??= []).push(...operations);
  }
  return updated;
}

/** The operations that turn one value of the column into the other; null: sending the value whole takes no more bytes. */
export function patchIfSmaller(
  before: unknown,
  after: unknown,
  column: string,
): PatchOperation[] | null {
  if (!isContainer(before) || !isContainer(after)) return null;
  const wholeBytes = packedLength(after);
  if (wholeBytes <= SMALL_COLUMN_BYTES) return null;
  const operations = diffInside(before, after, column);
  return packedLength(operations) < wholeBytes ? operations : null;
}

/** Turns one value of a column into another, with paths relative to the row (`/modifier_groups/0/name`). */
export function diffInside(before: unknown, after: unknown, column: string): PatchOperation[] {
  const path = `/${column}`;
  const comparable =
    isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after);
  if (!comparable) return before === after ? [] : [{ op: 'replace', path, value: after }];
  const operations = jsonPatch.compare(before, after) as PatchOperation[];
  return operations.map((operation) => ({ ...operation, path: path + operation.path }));
}

/** Turns one record of a document, which stands at the end of these steps, into another; null: it is not there. */
export function diffRecord(
  before: object | null,
  after: object | null,
  steps: readonly string[],
): PatchOperation[] {
  const path = steps.map((step) => `/${jsonPatch.escapePathComponent(step)}`).join('');
  if (after === null) return before === null ? [] : [{ op: 'remove', path }];
  if (before === null) return [{ op: 'add', path, value: after }];
  const operations = jsonPatch.compare(before, after) as PatchOperation[];
  return operations.map((operation) => ({ ...operation, path: path + operation.path }));
}

/**
 * The row after the operations; the given row and its columns stay as they are. Throws where the patch does not fit the row
 * or reaches for a prototype: then the row is not the one that the hub made the patch for.
 */
export function applyPatch(row: ViewRow, operations: readonly PatchOperation[]): ViewRow {
  const patched: Record<string, unknown> = { ...row };
  const own = new Set<string>();
  for (const { path, from } of operations) {
    for (const column of from === undefined ? [columnOf(path)] : [columnOf(path), columnOf(from)]) {
      if (own.has(column)) continue;
      own.add(column);
      if (Object.hasOwn(patched, column)) patched[column] = jsonPatch.deepClone(patched[column]);
    }
  }
  // The values of operations become parts of the row: later operations of the list may change them.
  const copies = jsonPatch.deepClone(operations) as Parameters<typeof jsonPatch.applyPatch>[1];
  return jsonPatch.applyPatch(patched, copies, true, true, true).newDocument as ViewRow;
}

/** The column that a path begins with. */
function columnOf(path: string): string {
  const [root, column, ...inside] = path.split('/').map(unescapeStep);
  if (root !== '' || column === undefined) throw new Error(`a patch of no column: ${path}`);
  for (const step of [column, ...inside]) {
    if (FORBIDDEN_KEYS.has(step)) throw new Error(`a patch of a prototype: ${path}`);
  }
  return column;
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
