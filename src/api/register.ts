/**
 * Puts a table of routes on a Fastify application. Whatever a route is about, its request is looked at in this order: the
 * token, the branch, the role, the request's shape; and while the hub drains nothing is changed any more.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse, type Refusal } from '../base/refusal.js';
import type { HubBranch } from '../hub/hub-branch.js';
import { subjectOf } from '../hub/limits/allowances.js';
import type { UNAUTHENTICATED_COST } from '../hub/limits/addresses.js';
import type { RequestKind } from '../hub/limits/request-kind.js';
import type { Credential } from '../hub/options.js';
import type { Outcome } from '../hub/session/counts.js';
import { foreignBranch } from '../hub/session/command-door.js';
import type { ApiContext } from './context.js';
import { bearerToken, holds } from './headers.js';
import { internalFault, sendProblem } from './problem.js';
import { requestReader, type RequestParts } from './request-reader.js';
import type { Access, Route, RouteAnswer } from './route.js';

type Signed = Credential & { readonly branch: HubBranch };
type Nobody = { readonly principal: null; readonly grant: null; readonly branch: null };
type Admission = Signed | Nobody;

const NOBODY: Nobody = { principal: null, grant: null, branch: null };

/** The application's prefix is the caller's. */
export function registerRoutes(
  app: FastifyInstance,
  context: ApiContext,
  routes: readonly Route[],
): void {
  for (const route of routes) {
    const read = requestReader(route);
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const admission = await admit(route.access, request, context);
        const answer =
          'code' in admission
            ? { refusal: admission }
            : await answerTo(route, { request, admission, parts: read(request), context });
        context.hub.answered(outcomeOf(answer));
        return 'refusal' in answer
          ? sendProblem(reply, answer.refusal)
          : send(request, reply, answer);
      },
    });
  }
}

/** Who asks, if they may. */
async function admit(
  access: Access,
  request: FastifyRequest,
  context: ApiContext,
): Promise<Admission | Refusal> {
  const { hub, verifyToken } = context;
  if (access === 'public') return (await tooMany(request, context, 'withoutToken')) ?? NOBODY;
  const token = bearerToken(request.headers);
  if (typeof token !== 'string') {
    return (await tooMany(request, context, 'withoutToken')) ?? token;
  }
  const verdict = await verifyToken(token);
  if (verdict.kind === 'refused') {
    return (await tooMany(request, context, 'wrongToken')) ?? verdict.refusal;
  }
  const { principal, grant } = verdict;
  const objection = hub.objection(verdict);
  if (objection !== null) return refuse('unauthenticated', objection);
  const { branch: named = principal.branch_id } = request.params as { readonly branch?: string };
  const branch = hub.branches.get(principal.branch_id);
  if (branch === undefined || named !== principal.branch_id) return foreignBranch();
  if (access !== 'signed_in' && !access.includes(principal.role)) {
    return refuse('forbidden', `a ${principal.role} may not do this`);
  }
  return { principal, grant, branch };
}

/** Of requests from this address that nobody answers for; whoever brings a valid token is not kept out by them. */
async function tooMany(
  { ip }: FastifyRequest,
  { hub }: ApiContext,
  cost: keyof typeof UNAUTHENTICATED_COST,
): Promise<Refusal | null> {
  const retryAfterMs = await hub.addresses.unauthenticated(ip, cost);
  if (retryAfterMs === 0) return null;
  return refuse('rate_limited', 'too many requests from this address', { retryAfterMs });
}

/** What the hub counts of an answer. */
function outcomeOf(answer: RouteAnswer): Outcome {
  if ('refusal' in answer) return answer.refusal.code;
  const { body } = answer;
  const replayed = typeof body === 'object' && body !== null && 'replayed' in body;
  return replayed ? 'replayed' : 'answered';
}

interface Asked extends Omit<Admitted, 'parts'> {
  readonly parts: RequestParts | Refusal;
}

function answerTo(route: Route, { parts, ...asked }: Asked): RouteAnswer | Promise<RouteAnswer> {
  return 'code' in parts ? { refusal: parts } : carryOut(route, { ...asked, parts });
}

interface Admitted {
  readonly request: FastifyRequest;
  readonly admission: Admission;
  readonly parts: RequestParts;
  readonly context: ApiContext;
}

async function carryOut(route: Route, admitted: Admitted): Promise<RouteAnswer> {
  const { request, admission, parts, context } = admitted;
  const changes = route.method !== 'GET';
  const refusal = changes ? context.hub.refusesCommands() : null;
  if (refusal !== null) return { refusal };
  const shed = enter(route, admitted);
  if (shed !== null) return { refusal: shed };
  const finish = changes ? context.hub.requestBegan() : null;
  try {
    return await route.handle({
      ...admission,
      ...parts,
      correlationId: request.id,
      remoteAddress: request.ip,
      context,
    });
  } catch (error) {
    const { method, path } = route;
    context.log.error({ err: error, method, route: path }, 'a request failed');
    return { refusal: internalFault() };
  } finally {
    finish?.();
    if (admission.principal !== null) context.hub.gate.leave();
  }
}

/** Null: it is under way, and has to leave. Who has no name was counted by address. */
function enter(route: Route, { admission, parts, context }: Admitted): Refusal | null {
  const { principal } = admission;
  if (principal === null) return null;
  const otherwise: RequestKind = route.method === 'GET' ? 'query' : 'other';
  const kind = route.kindOf?.(parts.body) ?? otherwise;
  return context.hub.gate.enter({ subject: subjectOf(principal), kind });
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, headers = {}, etag, status }: Exclude<RouteAnswer, { readonly refusal: Refusal }>,
): FastifyReply {
  void reply.headers(headers);
  if (etag !== undefined) {
    const tag = `"${etag}"`;
    void reply.header('etag', tag);
    if (request.method === 'GET' && holds(request.headers, tag)) return reply.code(304).send();
  }
  if (body === undefined) return reply.code(status ?? 204).send();
  return reply.code(status ?? 200).send(body);
}
