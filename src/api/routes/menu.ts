/** The menu: read by all, changed by managers, sold out by whoever runs out. */
import { Type } from 'typebox';
import { refuse } from '../../base/refusal.js';
import { strict } from '../../domain/fields.js';
import { MenuItemColumns, Remaining } from '../../domain/payloads/menu.js';
import { publicRow } from '../../domain/public-row.js';
import type { Role, Rows } from '../../domain/rows.js';
import { ROW_SCHEMAS } from '../../protocol/row-schemas.js';
import { CommandDone, COMMAND_REFUSALS, give, type Giver, type GivenCommand } from '../give.js';
import { defineRoute, type RouteAnswer } from '../route.js';

const MenuItem = ROW_SCHEMAS.menu_item;
const Menu = strict({
  items: Type.Array(MenuItem),
  stations: Type.Array(ROW_SCHEMAS.station),
});

/** The path names the item. */
const { id: _id, ...columns } = MenuItemColumns.properties;
const Columns = strict(columns);
const Availability = strict({ available: Type.Boolean(), remaining: Type.Optional(Remaining) });

const CHANGED = {
  200: { description: 'Carried out, durably; the ETag is the new one', schema: CommandDone },
};

function shown<T extends 'menu_item' | 'station'>(
  table: T,
  rows: Iterable<Rows[T]>,
  role: Role,
): unknown[] {
  const sorted = [...rows].sort((a, b) =>
    a.position === b.position ? a.id.localeCompare(b.id) : a.position - b.position,
  );
  return sorted.map((row) => publicRow(table, row, role));
}

/** Gives a command that writes one menu item. */
async function change(
  giver: Giver,
  itemId: string,
  command: Omit<GivenCommand, 'key'> & { readonly key: string | null },
): Promise<RouteAnswer> {
  const answer = await give(giver, { ...command, key: command.key ?? giver.context.newId() });
  if ('refusal' in answer) return answer;
  const { result } = answer.body as {
    readonly result: {
      readonly records: { readonly menu_item?: Readonly<Record<string, number>> };
    };
  };
  const version = result.records.menu_item?.[itemId];
  return version === undefined ? answer : { ...answer, etag: String(version) };
}

export const menuRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/menu',
    tag: 'Menu',
    summary: 'Read the menu: its items and the kitchen’s stations',
    access: 'signed_in',
    answers: { 200: { description: 'All items, sold out or not, and stations', schema: Menu } },
    handle({ branch, principal }) {
      const { menu_item: items, station: stations } = branch.hub.hot.tables;
      const { role } = principal;
      return {
        body: {
          items: shown('menu_item', items.values(), role),
          stations: shown('station', stations.values(), role),
        },
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/menu/items/:item',
    tag: 'Menu',
    summary: 'Read one item',
    access: 'signed_in',
    answers: { 200: { description: 'The item. Its ETag is its version', schema: MenuItem } },
    refusals: ['not_found'],
    handle({ branch, principal, params }) {
      const item = branch.hub.hot.tables.menu_item.get(params.item);
      if (item === undefined) return { refusal: refuse('not_found', 'no such item') };
      return { body: publicRow('menu_item', item, principal.role), etag: String(item.version) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/branches/:branch/menu/items/:item',
    tag: 'Menu',
    summary: 'Make an item, or change what it holds',
    description:
      'The command `menu.put_item`. `If-Match` names the version that was seen, `If-None-Match: *` makes a new item. Columns ' +
      'that are left out stay as they are; of a new item they get their defaults.',
    access: ['admin', 'manager'],
    idempotencyKey: 'optional',
    conditional: true,
    body: Columns,
    example: { name: 'Lentil soup', price: 650, station: 'grill', tax_rate: 2_000 },
    answers: CHANGED,
    refusals: COMMAND_REFUSALS,
    handle(call) {
      const { params, body, ifMatch, idempotencyKey } = call;
      return change(call, params.item, {
        key: idempotencyKey,
        name: 'menu.put_item',
        payload: { ...body, id: params.item },
        ...(ifMatch !== null && { expect: { menu_item: { [params.item]: ifMatch } } }),
      });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/branches/:branch/menu/items/:item/availability',
    tag: 'Menu',
    summary: 'Sell an item out, or put it on sale again',
    description: 'The command `menu.set_availability`. The last word counts.',
    access: ['admin', 'manager', 'cashier', 'kitchen'],
    idempotencyKey: 'optional',
    body: Availability,
    example: { available: false },
    answers: CHANGED,
    refusals: COMMAND_REFUSALS,
    handle(call) {
      const { params, body, idempotencyKey } = call;
      return change(call, params.item, {
        key: idempotencyKey,
        name: 'menu.set_availability',
        payload: { ...body, item_id: params.item },
      });
    },
  }),
];
