/** A branch itself, and the devices that are connected to it. */
import { Type } from 'typebox';
import { strict } from '../../domain/fields.js';
import { publicRow } from '../../domain/public-row.js';
import { BranchSchema, DeviceStatusSchema } from '../../protocol/row-schemas.js';
import { defineRoute } from '../route.js';

export const branchRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch',
    tag: 'Branch',
    summary: 'Read the branch: name, currency, time zone, tax rules',
    description: '`settings` are shown to managers and administrators.',
    access: 'signed_in',
    answers: { 200: { description: 'The branch. Its ETag is its version', schema: BranchSchema } },
    handle({ branch, principal }) {
      const { branch: row } = branch.hub.hot;
      return { body: publicRow('branch', row, principal.role), etag: String(row.version) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/devices/status',
    tag: 'Devices',
    summary: 'Which devices are connected, and how far behind',
    description: 'Since this start of the hub, as the view `devices` shows it.',
    access: ['admin', 'manager'],
    answers: {
      200: { description: 'Devices', schema: strict({ devices: Type.Array(DeviceStatusSchema) }) },
    },
    handle: ({ branch }) => ({ body: { devices: branch.devices.source()['device_status'] } }),
  }),
];
