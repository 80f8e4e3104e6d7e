/**
 * Administrative changes: committed as commands are, with versions, keys and an event. A key is unique for its resource; where
 * none came the hub makes one, since such a request says what shall be, not what shall be done once more.
 */
import { hash } from 'node:crypto';
import type { RefusalCode } from '../base/refusal.js';
import type { CommandDefinition, Expect } from '../domain/command.js';
import type { HubBranch } from '../hub/hub-branch.js';
import type { Principal } from '../protocol/messages.js';
import type { SecretChange } from '../store/secrets.js';
import type { ApiContext } from './context.js';
import { settled } from './give.js';
import type { RouteAnswer } from './route.js';

export interface Administrator {
  readonly principal: Principal;
  readonly branch: HubBranch;
  readonly correlationId: string;
  readonly idempotencyKey: string | null;
  readonly ifMatch: number | null;
  readonly context: ApiContext;
}

export interface Change {
  readonly definition: CommandDefinition;
  readonly payload: Readonly<Record<string, unknown>> & { readonly id: string };
  /** Whose version `If-Match` names; absent: nobody's. */
  readonly versionOf?: keyof Expect;
  readonly secrets?: readonly SecretChange[];
}

/** Codes that an administrative change may be refused with. */
export const CHANGE_REFUSALS = [
  'not_found',
  'version_conflict',
  'version_required',
  'invalid_state',
  'already_exists',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'storage_unavailable',
  'draining',
] as const satisfies readonly RefusalCode[];

const KEY_LENGTH_MAX = 128;

export function administer(by: Administrator, change: Change): Promise<RouteAnswer> {
  const { principal, branch, correlationId, ifMatch, context } = by;
  const { definition, payload, versionOf, secrets } = change;
  const expect =
    versionOf === undefined || ifMatch === null
      ? undefined
      : { [versionOf]: { [payload.id]: ifMatch } };
  const { id: staffId, device_id: deviceId, role } = principal;
  const answer = branch.hub.execute({
    definition,
    key: keyOf(by, `${definition.name}/${payload.id}`),
    payload,
    expect,
    actor: { staffId, deviceId, role },
    clientAt: null,
    correlationId,
    ...(secrets !== undefined && { secrets }),
  });
  return settled(answer, context);
}

function keyOf({ idempotencyKey, context }: Administrator, resource: string): string {
  const key = `${resource}#${idempotencyKey ?? context.newId()}`;
  // Cut short, long keys of two resources would be one.
  return key.length <= KEY_LENGTH_MAX ? key : hash('sha256', key, 'base64url');
}
