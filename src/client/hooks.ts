/**
 * Replicas and connections as hooks and signals. It depends on neither Preact nor React: a screen hands in the hooks of its own,
 * from `preact/compat` or `react`, and a signal of its own, from `@preact/signals` or the like.
 */
import type { Cancel } from '../base/clock.js';
import type { ConnectionState } from './connection/state.js';
import type { Readable } from './replica/row-feed.js';
import type { Selection } from './replica/selection.js';
import type { RowReader } from './replica/tables.js';
import type { RowOf } from './replica/view-rows.js';

/** What is used of the library's hooks, in the shape that Preact and React share. */
export interface HookLibrary {
  readonly useSyncExternalStore: <Value>(
    subscribe: (changed: () => void) => Cancel,
    getSnapshot: () => Value,
  ) => Value;
  readonly useMemo: <Value>(make: () => Value, dependencies: readonly unknown[]) => Value;
}

/** What is used of a client. */
interface Connected {
  readonly state: ConnectionState;
  onState(listener: (state: ConnectionState) => void): Cancel;
}

export interface ClientHooks {
  /**
   * Renders again once per delta, and only if the value is another. The selector is taken anew where one of the dependencies is
   * another one, as in `useMemo`.
   */
  useSelection<Value>(
    rows: Readable,
    selector: (rows: RowReader) => Value,
    dependencies?: readonly unknown[],
  ): Value;
  useRow<Table extends string>(rows: Readable, table: Table, id: string): RowOf<Table> | undefined;
  useConnection(client: Connected): ConnectionState;
}

export function clientHooks({ useSyncExternalStore, useMemo }: HookLibrary): ClientHooks {
  const useSelection: ClientHooks['useSelection'] = (rows, selector, dependencies = []) => {
    const store = useMemo(() => {
      const selection = rows.select(selector);
      const subscribe = (changed: () => void): Cancel => selection.onChange(changed);
      return { subscribe, read: () => selection.value };
    }, [rows, ...dependencies]);
    return useSyncExternalStore(store.subscribe, store.read);
  };
  return {
    useSelection,
    useRow: (rows, table, id) => useSelection(rows, (all) => all.row(table, id), [table, id]),
    useConnection(client) {
      const store = useMemo(
        () => ({
          subscribe: (changed: () => void): Cancel => client.onState(changed),
          read: () => client.state,
        }),
        [client],
      );
      return useSyncExternalStore(store.subscribe, store.read);
    },
  };
}

/** Keeps the signal at the selection's value. Returns how to stop. */
export function signalOf<Value>(signal: { value: Value }, selection: Selection<Value>): Cancel {
  const stop = selection.onChange((value) => {
    signal.value = value;
  });
  signal.value = selection.value;
  return stop;
}
