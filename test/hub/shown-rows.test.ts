/** What is written out column by column shows what the list of columns says, no more and no less. */
import { describe, expect, it } from 'vitest';
import { project, rowView } from '../../src/hub/channels/views.js';
import { makeHeader, makeLine } from '../support/rows.js';

const header = makeHeader({ table_no: '9', customer_name: 'Ada', stations: ['grill'] });
const line = makeLine({
  modifiers: [{ id: 'mayo', name: 'Mayo', price: 50 }],
  note: 'no salt',
});

describe('rows written out for a view', () => {
  const views = [rowView('orders', null), rowView('kitchen', null), rowView('kitchen', 'grill')];
  const tables = views.flatMap(({ name, tables: of }) =>
    of
      .filter(({ project: writtenOut }) => writtenOut !== undefined)
      .map((table) => ({ title: `${name} ${table.table}`, table })),
  );

  it('are those of headers and lines', () => {
    expect(tables.map(({ title }) => title)).toEqual([
      'orders order_header',
      'orders order_line',
      'kitchen order_header',
      'kitchen order_line',
      'kitchen order_header',
      'kitchen order_line',
    ]);
  });

  it.each(tables)('$title', ({ table }) => {
    const row = table.table === 'order_header' ? header : line;
    const { project: writtenOut, ...listed } = table;
    expect(writtenOut?.(row)).toStrictEqual(project(listed, row));
    expect(Object.keys(project(table, row))).toEqual(table.columns);
  });
});
