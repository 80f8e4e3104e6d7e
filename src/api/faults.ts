/** What Fastify itself refuses, and bugs, as problem documents. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../base/log.js';
import { refuse } from '../base/refusal.js';
import { internalFault, RequestRefused, sendProblem } from './problem.js';

/** For the whole application: parts registered later inherit it. */
export function answerFaults(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((request, reply) => {
    // The path is not repeated: somebody may have put a secret into it.
    return sendProblem(reply, refuse('not_found', `nothing at this path takes ${request.method}`));
  });
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    if (error instanceof RequestRefused) return sendProblem(reply, error.refusal, error.status);
    const status = error.statusCode ?? 500;
    if (status < 500) return sendProblem(reply, refuse('bad_message', error.message), status);
    const { method, routeOptions } = request;
    log.error({ err: error, method, route: routeOptions.url }, 'a request failed');
    return sendProblem(reply, internalFault());
  });
}

/** For requests that no route is looked up for, as their path cannot be read; it is not repeated. */
export function answerUnroutable(
  _error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  void sendProblem(reply, refuse('bad_message', 'the path of the URL cannot be read'));
}
