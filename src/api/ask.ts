/** Queries that come by HTTP: the same answers as over WebSocket, and as much of them as the role may see. */
import type { HubBranch } from '../hub/hub-branch.js';
import type { Principal, QueryName } from '../protocol/messages.js';
import type { QueryParams } from '../protocol/queries.js';
import type { ApiContext } from './context.js';
import type { RouteAnswer } from './route.js';

/** What of a call a query is asked with. */
export interface Asker {
  readonly principal: Principal;
  readonly branch: HubBranch;
  readonly context: ApiContext;
}

/** The parameters have passed the query's schema. */
export async function ask<Name extends QueryName>(
  { principal, branch, context }: Asker,
  name: Name,
  params: QueryParams[Name],
): Promise<Extract<RouteAnswer, { refusal: unknown }> | { readonly body: unknown }> {
  const answer = await context.hub.queries.answer(branch, { name, params }, principal);
  return answer.kind === 'refused' ? { refusal: answer.refusal } : { body: answer.result };
}
