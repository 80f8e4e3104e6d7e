/** `expeditor/client`: the hub's client for browsers and Node. */
export { connectClient, type Client } from './client.js';
export type { CommandName, CommandPayloads } from '../domain/registry.js';
export type { CommandAnswer, CommandOptions } from './requests/commands.js';
export { ClientEnded, CommandRefused, CommandUnknown, Refused } from './requests/errors.js';
export type { AddOptions, Queue, Queued, Renumbered } from './queue/queue.js';
export type { Outcome } from './queue/outcomes.js';
export type { EntryState, QueueEntry, QueueRefusal, WaitReason } from './queue/entry.js';
export { offlineQueue } from './queue/offline.js';
export type { Optimistic } from './queue/optimistic.js';
export type { Numbers } from './queue/numbers.js';
export type { ClientOptions } from './options.js';
export type { Replica, ReplicaChange, ReplicaState, ReplicaTrouble } from './replica/replica.js';
export type { Readable } from './replica/row-feed.js';
export type { Selection, SelectionOptions } from './replica/selection.js';
export type { RowChange, RowReader } from './replica/tables.js';
export type { ColumnOf, RowOf } from './replica/view-rows.js';
export type { ClientSocket, OpenSocket, SocketEvents } from './connection/socket.js';
export type { ConnectionState, Contact } from './connection/state.js';
export type { TokenSource } from './connection/tokens.js';
export type { WatchWake } from './connection/wake.js';
export { soleLeader, type Leadership } from './queue/leadership.js';
export { pageLeadership } from './queue/page-leadership.js';
export { indexedDbStorage } from './storage/indexed-db.js';
export { memoryStorage, MemoryDisk } from './storage/memory.js';
export {
  StorageFailed,
  type ClientStorage,
  type Entry,
  type StorageFailure,
} from './storage/storage.js';
export { clientHooks, signalOf, type ClientHooks, type HookLibrary } from './hooks.js';
export type { QueueableName } from './prediction/queueable.js';
export type { Expect } from '../domain/command.js';
export type { Role, Rows, TableName } from '../domain/rows.js';
export type { RefusalCode } from '../base/refusal.js';
export type {
  Encoding,
  Principal,
  QueryName,
  ViewName,
  ViewRow,
  WelcomeMessage,
} from '../protocol/messages.js';
export type { QueryParams } from '../protocol/queries.js';
export type * from '../protocol/results.js';
