/** `expeditor/client` on Node: the same client, over the package ws where it is given no socket, since Node 20 has none. */
import { connectClient as connect, type Client } from './client.js';
import { nodeSocket } from './connection/node-socket.js';
import type { ClientOptions } from './options.js';
import { offlineQueue } from './queue/offline.js';
import { fileStorage } from './storage/file.js';

export * from './index.js';
export { fileStorage, nodeSocket };

/** Begins to connect at once. */
export function connectClient(options: ClientOptions): Client {
  return connect({ socket: nodeSocket, offline: offlineQueue, ...options });
}
