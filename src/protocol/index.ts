/** `expeditor/protocol`: the wire as clients need it. Parsing and its compiled schemas belong to the hub and stay out. */
export {
  applyMessage,
  replicaOf,
  updateRow,
  type Applied,
  type Replica,
  type ReplicaTable,
} from './apply.js';
export { channelName, isViewName, parseChannel, type Channel } from './channels.js';
export { CLOSE, shouldReconnect, type CloseCode } from './close-codes.js';
export { decode, encode } from './codec.js';
export { messageFault } from './guard.js';
export type { BrokenReason } from './broken.js';
export * from './limits.js';
export * from './messages.js';
export { applyPatch } from './patch.js';
export type { QueryParams } from './queries.js';
export type * from './results.js';
