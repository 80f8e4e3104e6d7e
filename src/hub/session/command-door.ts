/** The door for commands: role, branch, rate and drain are checked here; behind it a command is locked, decided, committed. */
import { refuse, type Refusal } from '../../base/refusal.js';
import { holdsToken } from '../../base/token-text.js';
import { COMMANDS, LEASES } from '../../domain/registry.js';
import { mayGive } from '../../domain/roles.js';
import type { CommandDefinition, LeaseDefinition } from '../../domain/command.js';
import type { CommandMessage, Principal } from '../../protocol/messages.js';
import type { CommandAnswer } from '../branch/answer.js';
import type { HubBranch } from '../hub-branch.js';

export interface CommandSender {
  readonly principal: Principal;
  readonly connectionId: string;
  readonly isConnected: () => boolean;
}

const DEFINITIONS: ReadonlyMap<string, CommandDefinition> = new Map(Object.entries(COMMANDS));
const LEASE_DEFINITIONS: ReadonlyMap<string, LeaseDefinition> = new Map(Object.entries(LEASES));

const LEASE_SECONDS = 30;

/** A branch that is not the principal's own, known or not: the answer is the same. */
export function foreignBranch(): Refusal {
  return refuse('forbidden', 'this branch is not yours');
}

/** Hands the command in before it returns, so that one connection's commands keep their order. */
export function giveCommand(
  branch: HubBranch,
  message: CommandMessage,
  sender: CommandSender,
): Promise<CommandAnswer> {
  const { principal } = sender;
  const lease = LEASE_DEFINITIONS.get(message.name);
  const definition = lease ?? DEFINITIONS.get(message.name);
  if (definition === undefined || !mayGive(principal.role, definition)) {
    const refusal = refuse('forbidden', `a ${principal.role} may not give ${message.name}`);
    return Promise.resolve({ kind: 'refused', refusal });
  }
  if (lease !== undefined) return giveLease(branch, message, sender);
  return branch.hub.execute({
    definition: definition as CommandDefinition,
    key: message.key,
    payload: message.payload,
    expect: message.expect,
    actor: {
      staffId: principal.id,
      deviceId: principal.device_id,
      role: principal.role,
    },
    clientAt: message.clientAt ?? null,
    correlationId: fitToKeep(message.correlationId),
  });
}

/** A correlation id stands in the event and the log: a token that somebody took for one is passed over. */
function fitToKeep(correlationId: string | undefined): string | null {
  return correlationId === undefined || holdsToken(correlationId) ? null : correlationId;
}

/** `order.lock` and `order.unlock`: nothing is committed, nothing kept. */
async function giveLease(
  branch: HubBranch,
  message: CommandMessage,
  { principal, connectionId, isConnected }: CommandSender,
): Promise<CommandAnswer> {
  const { order_id: orderId, seconds } = message.payload as {
    readonly order_id: string;
    readonly seconds?: number;
  };
  const refusal =
    branch.hub.hot.orders.has(orderId) || (await branch.hub.reader.order(orderId)) !== null
      ? branch.hub.leases.refusalFor(orderId, principal.device_id)
      : refuse('not_found', `no order ${orderId}`);
  if (refusal !== null) return { kind: 'refused', refusal };
  if (message.name === 'order.unlock') {
    branch.hub.leases.release(orderId);
    return done(branch, { records: {} });
  }
  const holder = {
    deviceId: principal.device_id,
    connectionId,
    staffName: principal.name,
  };
  const forSeconds = seconds ?? LEASE_SECONDS;
  // A lease ends with its connection, also where that ended while the order was looked up.
  if (isConnected()) branch.hub.leases.take(orderId, holder, forSeconds);
  const expiresAt = branch.clock.now() + forSeconds * 1_000;
  return done(branch, { records: {}, lock: { order_id: orderId, expires_at: expiresAt } });
}

function done(branch: HubBranch, result: Readonly<Record<string, unknown>>): CommandAnswer {
  return { kind: 'done', version: null, durability: branch.durability, result, replayed: false };
}
