/** Whether a row that another program wrote is one that the domain can work with: SQL holds the types, this the rest. */
import { Type, type TSchema } from 'typebox';
import { strict } from '../../domain/fields.js';
import { modifierGroupFaults } from '../../domain/menu-item.js';
import { MenuItemColumns, Names } from '../../domain/payloads/menu.js';
import type { AnyRow, MenuItem, TableName } from '../../domain/rows.js';
import { Seed } from '../../domain/seed.js';
import { TABLES, type ColumnKind } from '../../domain/tables.js';
import { compileChecker, type Checker } from '../../protocol/compile.js';

const Strings = Type.Array(Type.String());
const Modifier = strict({ id: Type.String(), name: Type.String(), price: Type.Integer() });

/** What stands inside the columns that hold JSON; of a menu item all of its columns. */
const SHAPES: { readonly [T in TableName]?: TSchema } = {
  order_header: Type.Object({ stations: Strings }),
  order_line: Type.Object({ modifiers: Type.Array(Modifier), allergens: Strings }),
  menu_item: MenuItemColumns,
  station: Type.Object({ names: Names }),
  branch: Type.Object({
    tax_rules: Seed.properties.branch.properties.tax_rules,
    settings: Type.Object({}),
  }),
};

const checkers = new Map<TableName, Checker>();

function checkerOf(table: TableName): Checker | null {
  const shape = SHAPES[table];
  if (shape === undefined) return null;
  const checker = checkers.get(table) ?? compileChecker(shape);
  checkers.set(table, checker);
  return checker;
}

/** What is wrong with the row, in words; null: nothing. */
export function rowFault(table: TableName, row: AnyRow): string | null {
  const columns = Object.entries<ColumnKind>(TABLES[table].columns);
  const values = row as unknown as Readonly<Record<string, unknown>>;
  const wrong = columns.find(([name, kind]) => !fitsKind(kind, values[name]));
  if (wrong !== undefined) return `${wrong[0]} holds no ${wrong[1]}`;
  const [fault] = checkerOf(table)?.(shapeOf(table, row)) ?? [];
  if (fault !== undefined) return `${fault.path} ${fault.reason}`;
  if (table !== 'menu_item') return null;
  const [group] = modifierGroupFaults((row as MenuItem).modifier_groups);
  return group === undefined ? null : `${group.path} ${group.reason}`;
}

/** A menu item's schema is that of what a manager may put: without branch and version. */
function shapeOf(table: TableName, row: AnyRow): unknown {
  if (table !== 'menu_item') return row;
  const { branch_id: _branch, version: _version, ...columns } = row as MenuItem;
  return columns;
}

function fitsKind(kind: ColumnKind, value: unknown): boolean {
  if (value === null) return true;
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'json':
      return typeof value === 'object';
  }
}
