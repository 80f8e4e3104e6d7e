/** What every HTTP answer bears for the sake of browsers, and which pages may change anything. */
import { createHash } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { refuse } from '../base/refusal.js';
import { originAllowed } from './origin.js';
import { sendProblem } from './problem.js';

/** Half a year. Sent over TLS alone. */
const HSTS = 'max-age=15552000; includeSubDomains';
/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Of answers that are no pages. A page says what it needs. */
const NOTHING_LOADED = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  },
};

/** `allowedOrigins`: of pages that may change something, besides those of this host. */
export function secure(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  void app.register(helmet, {
    contentSecurityPolicy: NOTHING_LOADED,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Only where TLS was spoken with the client, which each request says.
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.protocol === 'https') void reply.header('strict-transport-security', HSTS);
    const { origin, host } = request.headers;
    if (SAFE_METHODS.has(request.method) || originAllowed(origin, host, allowedOrigins)) {
      done();
      return;
    }
    void sendProblem(reply, refuse('forbidden', 'this origin is not allowed'));
  });
}

/** The policy of a page with one inline style and nothing else. */
export function cspForStyle(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
}
