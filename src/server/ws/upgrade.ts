/**
 * The door for WebSockets: which upgrade requests become connections of the hub. Whoever is refused here gets a plain HTTP
 * answer and costs nothing more.
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { requestCardFaults } from '../../api/card-door.js';
import type { NewId } from '../../base/ids.js';
import type { Log } from '../../base/log.js';
import type { Hub } from '../../hub/hub.js';
import { FRAGMENTS_MAX, MESSAGE_BYTES_MAX } from '../../protocol/limits.js';
import { SUBPROTOCOLS, type Encoding } from '../../protocol/messages.js';
import { HubSocket, SocketConnection } from './connection.js';
import { originAllowed } from '../../api/origin.js';

export const SOCKET_PATH = '/ws';

/** Chunks of the socket that one unfinished message may lie in. */
const BUFFERED_CHUNKS_MAX = 1_024;
/** Default of `closeWaitMs`: within what is left of the ten seconds from SIGTERM to the exit. */
const CLOSE_WAIT_MS = 5_000;
const TOO_MANY = 'too many connections from this address';
/** Told to a client that comes while there is no room for it. */
const RETRY_AFTER_MS = 5_000;

export interface DoorOptions {
  readonly hub: Pick<Hub, 'accept' | 'addresses' | 'state'>;
  /** Origins of pages that may connect, besides pages from this host itself. */
  readonly allowedOrigins: readonly string[];
  readonly connectionsMax: number;
  /** Whom a request comes from, behind the proxies that are trusted. */
  readonly clientAddress: (request: IncomingMessage) => string;
  /** How long a peer has to take what was written and to answer the close frame before it is cut off; 5,000. */
  readonly closeWaitMs?: number;
  readonly newId: NewId;
  readonly log: Log;
}

/** Why an upgrade is refused. */
interface HttpRefusal {
  readonly status: 400 | 403 | 404 | 429 | 503;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export interface Door {
  /** For the HTTP server's `upgrade` event. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stats(): Readonly<Record<string, number>>;
  /** Cuts every connection that is still there. */
  cutAll(): void;
}

/** The client's list in its order: the first that we know. */
export function chooseSubprotocol(offered: Iterable<string>): Encoding | undefined {
  for (const name of offered) {
    if (name === SUBPROTOCOLS.msgpack) return 'msgpack';
    if (name === SUBPROTOCOLS.json) return 'json';
  }
  return undefined;
}

function offeredBy(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

function refuseUpgrade(socket: Duplex, { status, message, retryAfterMs }: HttpRefusal): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
    ...(retryAfterMs === undefined ? [] : [`Retry-After: ${Math.ceil(retryAfterMs / 1_000)}`]),
  ];
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
}

/** By what the request says and how many are connected. */
function judge(
  request: IncomingMessage,
  { hub, allowedOrigins, connectionsMax }: DoorOptions,
  connections: number,
): HttpRefusal | undefined {
  if (requestCardFaults(request.url ?? '', request.headers).length > 0) {
    return { status: 400, message: 'card data is never taken here' };
  }
  const path = (request.url ?? '').split('?', 1)[0];
  if (path !== SOCKET_PATH) return { status: 404, message: `WebSockets are at ${SOCKET_PATH}` };
  const { origin, host } = request.headers;
  if (!originAllowed(origin, host, allowedOrigins)) {
    return { status: 403, message: 'this origin is not allowed' };
  }
  if (chooseSubprotocol(offeredBy(request)) === undefined) {
    const known = Object.values(SUBPROTOCOLS).join(' or ');
    return { status: 400, message: `ask for sub-protocol ${known}` };
  }
  if (hub.state === 'draining' || hub.state === 'closed') {
    return { status: 503, message: 'the hub is going down', retryAfterMs: RETRY_AFTER_MS };
  }
  if (connections >= connectionsMax) {
    const message = `all ${connectionsMax} connections are taken`;
    return { status: 503, message, retryAfterMs: RETRY_AFTER_MS };
  }
  return undefined;
}

export function openDoor(options: DoorOptions): Door {
  const { hub, log } = options;
  const server = socketServer(options.closeWaitMs ?? CLOSE_WAIT_MS);
  let refused = 0;
  let accepted = 0;

  function connect(ws: WebSocket, request: IncomingMessage): void {
    accepted += 1;
    const remoteAddress = options.clientAddress(request);
    const connection = new SocketConnection(ws, {
      id: options.newId(),
      encoding: ws.protocol === SUBPROTOCOLS.json ? 'json' : 'msgpack',
      remoteAddress,
    });
    hub.addresses.opened(remoteAddress);
    ws.once('close', () => hub.addresses.closed(remoteAddress));
    connection.tell(hub.accept(connection));
  }

  function refuse(refusal: HttpRefusal, request: IncomingMessage, socket: Duplex): void {
    refused += 1;
    log.info(
      { remoteAddress: options.clientAddress(request), ...refusal },
      'refused an upgrade to WebSocket',
    );
    refuseUpgrade(socket, refusal);
  }

  return {
    handle(request, socket, head) {
      const refusal = judge(request, options, server.clients.size);
      if (refusal !== undefined) {
        refuse(refusal, request, socket);
        return;
      }
      void hub.addresses.connecting(options.clientAddress(request)).then((retryAfterMs) => {
        if (retryAfterMs === 0) server.handleUpgrade(request, socket, head, connect);
        else refuse({ status: 429, message: TOO_MANY, retryAfterMs }, request, socket);
      });
    },
    stats: () => ({
      connections: server.clients.size,
      connections_max: options.connectionsMax,
      upgrades_accepted_total: accepted,
      upgrades_refused_total: refused,
    }),
    cutAll() {
      for (const client of server.clients) client.terminate();
    },
  };
}

function socketServer(closeTimeout: number): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: BUFFERED_CHUNKS_MAX,
    closeTimeout,
    WebSocket: HubSocket,
    handleProtocols(offered: Set<string>) {
      const encoding = chooseSubprotocol(offered);
      return encoding === undefined ? false : SUBPROTOCOLS[encoding];
    },
  } as const;
  return new WebSocketServer(options);
}
