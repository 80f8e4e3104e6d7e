/**
 * As much of IndexedDB's types as the package idb names. The whole of the browser's types would make `window` and `name`
 * compile in what runs on Node.
 */
type IDBValidKey = string | number | readonly IDBValidKey[];
type IDBTransactionMode = 'readonly' | 'readwrite' | 'versionchange';
type IDBCursorDirection = 'next' | 'nextunique' | 'prev' | 'prevunique';

interface DOMStringList {
  readonly length: number;
  contains(text: string): boolean;
  item(index: number): string | null;
  [index: number]: string;
  [Symbol.iterator](): ArrayIterator<string>;
}

interface IDBKeyRange {
  readonly lower: unknown;
  readonly upper: unknown;
}

interface IDBDatabase {
  readonly name: string;
  readonly version: number;
  close(): void;
}

interface IDBTransaction {
  readonly error: Error | null;
  abort(): void;
}

interface IDBObjectStore {
  readonly name: string;
}

interface IDBIndex {
  readonly name: string;
}

interface IDBCursor {
  readonly key: IDBValidKey;
}

interface IDBCursorWithValue extends IDBCursor {
  readonly value: unknown;
}

interface IDBRequest<Result = unknown> {
  readonly result: Result;
}

type IDBOpenDBRequest = IDBRequest<IDBDatabase>;

interface IDBVersionChangeEvent {
  readonly newVersion: number | null;
  readonly oldVersion: number;
}

interface IDBObjectStoreParameters {
  readonly keyPath?: string | readonly string[] | null;
}

interface IDBIndexParameters {
  readonly unique?: boolean;
}
