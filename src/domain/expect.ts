/** The versions that a client saw, against the records as they stand: the first half of compare-and-swap. */
import { refuse, type Refusal } from '../base/refusal.js';
import type { CommandDefinition, Expect, Expected } from './command.js';
import { publicRow, type PublicRow } from './public-row.js';
import type { AnyRow, Role, Rows, TableName } from './rows.js';
import { TABLE_NAMES } from './tables.js';

const NOTHING_EXPECTED: Expect = {};

export interface ExpectCheck {
  readonly definition: Pick<CommandDefinition, 'expects'>;
  readonly payload: unknown;
  /** What the client sent; absent: nothing. */
  readonly expect: Expect | undefined;
  readonly role: Role;
  /** The record as it stands; undefined: there is none. */
  readonly lookup: (table: TableName, id: string) => AnyRow | undefined;
}

/**
 * Null where every version that the command needs was named, and every version named is the present one. Otherwise, in this
 * order: `version_required` (details: the missing ones by table), `not_found`, `version_conflict` with the records as they
 * stand. Version 0 means that the record must not be there yet.
 */
export function checkExpect(check: ExpectCheck): Refusal | null {
  const expect = check.expect ?? NOTHING_EXPECTED;
  const missing = missingOf(check.definition.expects?.(check.payload), expect);
  if (missing !== null) {
    return refuse('version_required', 'the versions you saw are needed', { details: missing });
  }
  const conflicts: Conflict[] = [];
  for (const table of TABLE_NAMES) {
    const versions = expect[table];
    if (versions === undefined) continue;
    for (const [id, version] of Object.entries(versions)) {
      const row = check.lookup(table, id);
      if (row !== undefined && row.version !== version) conflicts.push({ table, row });
      if (row === undefined && version !== 0) {
        return refuse('not_found', `no ${table} ${id}`, { details: { what: table, id } });
      }
    }
  }
  return conflicts.length === 0 ? null : versionConflict(conflicts, check.role);
}

export interface Conflict<T extends TableName = TableName> {
  readonly table: T;
  /** The record as it stands. */
  readonly row: Rows[T];
}

/** Shows the records as they stand, as far as the role may see them. */
export function versionConflict(conflicts: readonly Conflict[], role: Role): Refusal {
  const current: Record<string, Record<string, PublicRow>> = {};
  for (const { table, row } of conflicts) {
    const shown = publicRow(table, row, role);
    if (shown !== null) (current[table] ??= {})[row.id] = shown;
  }
  const what = conflicts.length === 1 ? 'a record' : `${String(conflicts.length)} records`;
  return refuse('version_conflict', `${what} changed since you saw it`, { current });
}

function missingOf(
  required: Expected | undefined,
  expect: Expect,
): Record<string, readonly string[]> | null {
  if (required === undefined) return null;
  let missing: Record<string, readonly string[]> | null = null;
  for (const table of TABLE_NAMES) {
    const ids = required[table];
    const unnamed = ids === undefined ? ids : unnamedOf(ids, expect[table]);
    if (unnamed === undefined || unnamed.length === 0) continue;
    missing ??= {};
    missing[table] = unnamed;
  }
  return missing;
}

function unnamedOf(ids: readonly string[], named: Expect[TableName]): readonly string[] {
  return named === undefined ? ids : ids.filter((id) => !Object.hasOwn(named, id));
}
