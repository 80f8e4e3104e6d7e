/** Commands that come by HTTP: the door is the hub's own, the answers are those of a WebSocket. */
import { Type } from 'typebox';
import { refuse, type RefusalCode } from '../base/refusal.js';
import type { Expect } from '../domain/command.js';
import { strict } from '../domain/fields.js';
import type { CommandAnswer } from '../hub/branch/answer.js';
import type { HubBranch } from '../hub/hub-branch.js';
import { giveCommand } from '../hub/session/command-door.js';
import { checkCommand } from '../protocol/check.js';
import type { Principal } from '../protocol/messages.js';
import type { ApiContext } from './context.js';
import type { RouteAnswer } from './route.js';

/** What of a call a command is given with. */
export interface Giver {
  readonly principal: Principal;
  readonly branch: HubBranch;
  readonly correlationId: string;
  readonly context: ApiContext;
}

export interface GivenCommand {
  readonly key: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect?: Expect | undefined;
  readonly clientAt?: number | undefined;
}

/** Codes that a command may be refused with. */
export const COMMAND_REFUSALS = [
  'not_found',
  'version_conflict',
  'invalid_state',
  'already_exists',
  'overpayment',
  'balance_due',
  'shift_closed',
  'shift_has_open_orders',
  'item_unavailable',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'locked',
  'version_required',
  'rate_limited',
  'storage_unavailable',
  'overloaded',
  'draining',
] as const satisfies readonly RefusalCode[];

/** As `ack` on the wire. */
export const CommandDone = strict({
  /** Branch version of the commit; absent where nothing is committed (leases). */
  version: Type.Optional(Type.Integer()),
  durability: Type.Enum(['full', 'normal', 'none']),
  result: Type.Object({
    records: Type.Object({}, { additionalProperties: Type.Object({}) }),
  }),
  replayed: Type.Optional(Type.Literal(true)),
});

const IN_PROGRESS_RETRY_MS = 1_000;

/** A lease that is taken so lasts its seconds: no connection ends it. */
export async function give(giver: Giver, command: GivenCommand): Promise<RouteAnswer> {
  const { principal, branch, correlationId, context } = giver;
  const { name, key, payload, expect, clientAt } = command;
  const fault = checkCommand(name, payload);
  if (fault !== null) return { refusal: fault };
  const message = {
    type: 'command',
    id: correlationId,
    key,
    name,
    branchId: principal.branch_id,
    payload,
    correlationId,
    ...(expect !== undefined && { expect }),
    ...(clientAt !== undefined && { clientAt }),
  } as const;
  const connectionId = `http:${correlationId}`;
  const sender = { principal, connectionId, isConnected: () => true };
  return settled(giveCommand(branch, message, sender), context);
}

/** What a command came to, as the API answers it. */
export async function settled(
  answer: Promise<CommandAnswer>,
  context: ApiContext,
): Promise<RouteAnswer> {
  return answerOf(await withinWait(answer, context));
}

/** While the store settles a commit whose outcome it does not know, there is no answer: the key finds it later. */
function withinWait(answer: Promise<CommandAnswer>, context: ApiContext): Promise<CommandAnswer> {
  return new Promise((resolve, reject) => {
    const cancel = context.timers.after(context.hub.limits.answerWaitMs, () => {
      resolve({
        kind: 'refused',
        refusal: refuse(
          'idempotency_in_progress',
          'the command is not settled yet; ask again with the same key',
          { retryAfterMs: IN_PROGRESS_RETRY_MS },
        ),
      });
    });
    answer.then(resolve, reject).finally(cancel);
  });
}

function answerOf(answer: CommandAnswer): RouteAnswer {
  if (answer.kind === 'refused') return { refusal: answer.refusal };
  const { version, durability, result, replayed } = answer;
  return {
    body: {
      ...(version !== null && { version }),
      durability,
      result,
      ...(replayed && version !== null && { replayed: true }),
    },
  };
}
