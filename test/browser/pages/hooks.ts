/** A screen that draws rows by the hooks, in a page. */
import { h, render } from 'preact';
import { useMemo, useSyncExternalStore } from 'preact/compat';
import { clientHooks } from '../../../src/client/hooks.js';
import { RowFeed } from '../../../src/client/replica/row-feed.js';

const { useSelection, useRow } = clientHooks({ useSyncExternalStore, useMemo });
const feed = new RowFeed();
let renders = 0;

function Screen({ shown }: { readonly shown: string }): ReturnType<typeof h> {
  renders += 1;
  const lines = useSelection(feed, (rows) => rows.where('order_line', 'status', 'queued'));
  const row = useRow(feed, 'order_line', shown);
  const first = lines.size;
  return h('p', null, `${String(first)} queued, ${shown} is ${row?.status ?? 'unknown'}`);
}

/** What the test does with the page. */
export const door = {
  draw(shown: string | null): void {
    render(shown === null ? null : h(Screen, { shown }), document.body);
  },
  /** One delta: the status by line. */
  delta(statuses: Readonly<Record<string, string>>, version: number): void {
    const rows = Object.entries(statuses).map(
      ([id, status]) => [id, { id, version, status }] as const,
    );
    feed.tell(feed.put(new Map([['order_line', new Map(rows)]])));
  },
  look(): { readonly text: string; readonly renders: number } {
    return { text: document.body.textContent, renders };
  },
};

Object.assign(globalThis, { door });
