/** The door for commands: every command of the protocol, as over WebSocket. */
import { Type } from 'typebox';
import { strict } from '../../domain/fields.js';
import { COMMANDS, LEASES } from '../../domain/registry.js';
import { kindOfCommand } from '../../hub/limits/request-kind.js';
import { Inside, OptionalExpect, Time } from '../../protocol/schemas.js';
import { COMMAND_REFUSALS, CommandDone, give } from '../give.js';
import { defineRoute } from '../route.js';

const clientTime = Type.Optional(Time);

const CommandBody = strict({
  name: Type.String(),
  payload: Type.Unsafe<Readonly<Record<string, unknown>>>(Inside),
  expect: OptionalExpect,
  clientAt: clientTime,
});

/** Each command with its payload, as the hub checks them one by one. */
const AnyCommand = Type.Union(
  Object.values({ ...COMMANDS, ...LEASES }).map(({ name, payload }) =>
    strict({ name: Type.Literal(name), payload, expect: OptionalExpect, clientAt: clientTime }),
  ),
);

export const commandRoutes = [
  defineRoute({
    method: 'POST',
    path: '/branches/:branch/commands',
    tag: 'Commands',
    summary: 'Give a command',
    description:
      'The commands, their payloads and who may give them are those of the WebSocket protocol. The same key with the same ' +
      'content has one effect and one answer, however often and by whichever door it comes.',
    access: 'signed_in',
    idempotencyKey: 'required',
    body: CommandBody,
    documentedBody: AnyCommand,
    example: { name: 'order.send', payload: { order_id: '0198c1de-7c1b-7d5e-9a41-0d1c2b3a4f50' } },
    kindOf: ({ name }) => kindOfCommand(name),
    answers: { 200: { description: 'Carried out, durably', schema: CommandDone } },
    refusals: COMMAND_REFUSALS,
    handle: (call) => give(call, { key: call.idempotencyKey, ...call.body }),
  }),
];
