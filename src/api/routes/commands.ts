/** The door for commands: every command of the protocol, as over WebSocket. */
import { Type } from 'typebox';
import type { Expect } from '../../domain/command.js';
import { strict } from '../../domain/fields.js';
import { ExpectSchema, Inside, Time } from '../../protocol/schemas.js';
import { COMMAND_REFUSALS, CommandDone, give } from '../give.js';
import { defineRoute } from '../route.js';

const CommandBody = strict({
  name: Type.String(),
  payload: Type.Unsafe<Readonly<Record<string, unknown>>>(Inside),
  expect: Type.Optional(Type.Unsafe<Expect>(ExpectSchema)),
  clientAt: Type.Optional(Time),
});

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
    answers: { 200: { description: 'Carried out, durably', schema: CommandDone } },
    refusals: COMMAND_REFUSALS,
    handle: (call) => give(call, { key: call.idempotencyKey, ...call.body }),
  }),
];
