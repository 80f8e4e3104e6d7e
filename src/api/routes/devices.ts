/** The paired devices of a branch. */
import { Type } from 'typebox';
import { refuse } from '../../base/refusal.js';
import { devicePut } from '../../domain/admin/device-put.js';
import { Role } from '../../domain/branch-settings.js';
import { Name, strict } from '../../domain/fields.js';
import { ROW_SCHEMAS } from '../../protocol/row-schemas.js';
import { administer, CHANGE_REFUSALS } from '../administer.js';
import { CommandDone } from '../give.js';
import { defineRoute } from '../route.js';

const TAG = 'Devices';
const written = { 200: { description: 'Written', schema: CommandDone } };

export const deviceRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/devices',
    tag: TAG,
    summary: 'The devices of the branch, unpaired ones too',
    access: ['manager', 'admin'],
    answers: {
      200: { description: 'By id', schema: strict({ devices: Type.Array(ROW_SCHEMAS.device) }) },
    },
    handle: ({ branch }) => ({
      body: {
        devices: [...branch.hub.hot.devices.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      },
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/devices/:device',
    tag: TAG,
    summary: 'One device',
    access: ['manager', 'admin'],
    answers: { 200: { description: 'The device', schema: ROW_SCHEMAS.device } },
    refusals: ['not_found'],
    handle({ branch, params }) {
      const device = branch.hub.hot.devices.get(params.device);
      return device === undefined
        ? { refusal: refuse('not_found', 'no such device') }
        : { body: device, etag: String(device.version) };
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/branches/:branch/devices/:device',
    tag: TAG,
    summary: 'Change a device',
    description: 'A change of role ends the logins at it at once.',
    access: ['admin'],
    idempotencyKey: 'optional',
    conditional: true,
    body: strict({ name: Type.Optional(Name), role: Type.Optional(Role) }),
    answers: written,
    refusals: CHANGE_REFUSALS,
    handle: (call) =>
      administer(call, {
        definition: devicePut,
        payload: { id: call.params.device, ...call.body },
        versionOf: 'device',
      }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/branches/:branch/devices/:device',
    tag: TAG,
    summary: 'Unpair a device',
    description: 'All logins at it end at once. Its row stays, for the history.',
    access: ['admin'],
    idempotencyKey: 'optional',
    conditional: true,
    answers: written,
    refusals: CHANGE_REFUSALS,
    handle: (call) =>
      administer(call, {
        definition: devicePut,
        payload: { id: call.params.device, active: false },
        versionOf: 'device',
      }),
  }),
];
