/** The hub's HTTP side: health, readiness, metrics and a page for people. WebSockets are taken by ws/upgrade. */
import { fastify, type FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NewId } from '../base/ids.js';
import type { Log } from '../base/log.js';
import { REFUSALS, type RefusalCode } from '../base/refusal.js';
import type { HubState } from '../hub/hub.js';
import { withCorrelation } from './context.js';
import type { Metrics } from './metrics.js';
import { welcomePage } from './page.js';

/** Of a request's head and body, from its first byte on. */
const REQUEST_WAIT_MS = 10_000;
/** A socket without traffic before it became a WebSocket. */
const IDLE_SOCKET_MS = 30_000;
/** An open connection between two requests. */
const KEEP_ALIVE_MS = 5_000;
const BODY_BYTES_MAX = 65_536;
const HEADER_BYTES_MAX = 16_384;

export interface Readiness {
  readonly state: HubState;
  /** In words, where it is not ready. */
  readonly reason?: string;
}

export interface HttpOptions {
  readonly version: string;
  readonly durability: string;
  readonly readiness: () => Readiness;
  readonly metrics: Metrics;
  readonly newId: NewId;
  readonly log: Log;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface HttpServer {
  /** The port that it listens on. Rejects where it is taken. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no more connections; resolves when the last one has gone. */
  close(): Promise<void>;
}

export function createHttp(options: HttpOptions): HttpServer {
  const app = fastify({
    logger: false,
    requestTimeout: REQUEST_WAIT_MS,
    connectionTimeout: IDLE_SOCKET_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    genReqId: options.newId,
    http: { headersTimeout: REQUEST_WAIT_MS, maxHeaderSize: HEADER_BYTES_MAX },
  });
  app.server.on('upgrade', options.onUpgrade);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    withCorrelation(request.id, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const seconds = reply.elapsedTime / 1_000;
    options.metrics.answered({
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      seconds,
    });
    done();
  });
  answerFaults(app, options.log);
  addRoutes(app, options);
  return {
    async listen(host, port) {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    close: () => app.close(),
  };
}

function answerFaults(app: FastifyInstance, log: Log): void {
  const body = (code: RefusalCode, message: string) => ({ code, ...REFUSALS[code], message });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(body('not_found', `there is nothing at ${request.method} ${request.url}`)),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send(body('bad_message', error.message));
    log.error({ err: error }, 'a request failed');
    return reply.code(500).send(body('internal', 'the hub failed at this request'));
  });
}

function addRoutes(app: FastifyInstance, options: HttpOptions): void {
  const { readiness, metrics, version, durability } = options;
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
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(welcomePage({ version, durability, state: readiness().state, host: request.host })),
  );
}
