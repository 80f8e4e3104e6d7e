/** What a path answers to methods that it does not have: OPTIONS with those that it has, all others with 405. */
import type { FastifyInstance } from 'fastify';
import { refuse } from '../base/refusal.js';
import { sendProblem } from './problem.js';
import type { Method, Route } from './route.js';

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const METHOD_NOT_ALLOWED = 405;

export function answerOtherMethods(app: FastifyInstance, routes: readonly Route[]): void {
  const byPath = new Map<string, Set<Method>>();
  for (const { path, method } of routes) {
    byPath.set(path, (byPath.get(path) ?? new Set()).add(method));
  }
  for (const [url, methods] of byPath) {
    const had = METHODS.filter((method) => methods.has(method));
    const allow = [
      ...had.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)),
      'OPTIONS',
    ];
    const header = allow.join(', ');
    app.options(url, (_request, reply) => reply.code(204).header('allow', header).send());
    const method = METHODS.filter((other) => !methods.has(other));
    if (method.length === 0) continue;
    app.route({
      method,
      url,
      handler: (request, reply) => {
        const refusal = refuse('bad_message', `this takes ${header}, not ${request.method}`);
        return sendProblem(reply.header('allow', header), refusal, METHOD_NOT_ALLOWED);
      },
    });
  }
}
