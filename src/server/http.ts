/** The hub's HTTP side: health, readiness, metrics and a page for people. WebSockets are taken by ws/upgrade. */
import { fastify, type FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { registerApi } from '../api/api.js';
import type { ApiContext } from '../api/context.js';
import { serveDocs } from '../api/docs.js';
import { refuseCardRequests } from '../api/card-door.js';
import { answerFaults, answerUnroutable } from '../api/faults.js';
import { correlationId } from '../api/headers.js';
import { secure } from '../api/security.js';
import type { HubState } from '../hub/hub.js';
import { withCorrelation } from '../hub/correlation.js';
import type { Metrics } from './metrics.js';
import { WELCOME_CSP, welcomePage } from './page.js';
import type { TlsFiles } from './tls.js';

/** Of a request's head and body, from its first byte on. */
const REQUEST_WAIT_MS = 10_000;
/** A socket without traffic before it became a WebSocket. */
const IDLE_SOCKET_MS = 30_000;
/** An open connection between two requests. */
const KEEP_ALIVE_MS = 5_000;
const BODY_BYTES_MAX = 65_536;
const HEADER_BYTES_MAX = 16_384;
const TLS_VERSION_MIN = 'TLSv1.2';

export interface Readiness {
  readonly state: HubState;
  /** In words, where it is not ready. */
  readonly reason?: string;
}

export interface HttpOptions {
  readonly durability: string;
  readonly readiness: () => Readiness;
  readonly metrics: Metrics;
  readonly api: ApiContext;
  /** Origins of pages that may change something, besides those of this host. */
  readonly allowedOrigins: readonly string[];
  /** null: plain HTTP. */
  readonly tls: TlsFiles | null;
  /** Whether what a proxy at this address says of its client is believed. */
  readonly trustsProxy: (address: string) => boolean;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface HttpServer {
  /** The port that it listens on. Rejects where it is taken. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no more connections; resolves when the last one has gone. */
  close(): Promise<void>;
  /** Takes no more connections and cuts those that it has. */
  cut(): void;
}

/** Over TLS where there are files for it: the same application, though its type names the plain server. */
function newApplication({ api, tls, trustsProxy }: HttpOptions): FastifyInstance {
  const bounds = { headersTimeout: REQUEST_WAIT_MS, maxHeaderSize: HEADER_BYTES_MAX };
  const options = {
    logger: false,
    requestTimeout: REQUEST_WAIT_MS,
    connectionTimeout: IDLE_SOCKET_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    // The correlation id: the caller's own, or one of ours.
    genReqId: ({ headers }: IncomingMessage) => correlationId(headers) ?? api.newId(),
    requestIdHeader: false,
    exposeHeadRoutes: true,
    frameworkErrors: answerUnroutable,
    trustProxy: trustsProxy,
  } as const;
  if (tls === null) return fastify({ ...options, http: bounds });
  const https = { ...tls, ...bounds, minVersion: TLS_VERSION_MIN } as const;
  return fastify({ ...options, https });
}

export function createHttp(options: HttpOptions): HttpServer {
  const app = newApplication(options);
  app.server.on('upgrade', options.onUpgrade);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('cache-control', 'no-store').header('x-correlation-id', request.id);
    withCorrelation(request.id, done);
  });
  refuseCardRequests(app);
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const { statusCode: status, elapsedTime } = reply;
    const route = routeOptions.url;
    options.metrics.answered({ method, route, status, seconds: elapsedTime / 1_000 });
    // By then the request's own context is over.
    const ms = Math.round(elapsedTime);
    options.api.log.debug({ method, route, status, ms, correlationId: request.id }, 'answered');
    done();
  });
  secure(app, options.allowedOrigins);
  answerFaults(app, options.api.log);
  registerApi(app, options.api);
  serveDocs(app, options.api.version);
  addRoutes(app, options);
  return {
    async listen(host, port) {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    close: () => app.close(),
    cut() {
      app.server.close();
      app.server.closeAllConnections();
    },
  };
}

function addRoutes(app: FastifyInstance, options: HttpOptions): void {
  const { readiness, metrics, durability } = options;
  const { version } = options.api;
  app.get('/healthz', () => ({ status: 'ok', version, uptime_seconds: process.uptime() }));
  app.get('/readyz', (_request, reply) => {
    const { state, reason } = readiness();
    void reply.code(state === 'ready' ? 200 : 503);
    return reason === undefined ? { status: state } : { status: state, reason };
  });
  app.get('/metrics', async (_request, reply) => {
    void reply.type(metrics.contentType);
    return metrics.render();
  });
  app.get('/', (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', WELCOME_CSP)
      .send(
        welcomePage({
          version,
          durability,
          state: readiness().state,
          host: request.host,
          secure: request.protocol === 'https',
        }),
      ),
  );
}
