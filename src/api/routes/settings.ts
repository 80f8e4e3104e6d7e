/** What a branch is set up with: its own settings and its stations. */
import { Type } from 'typebox';
import { branchUpdate } from '../../domain/admin/branch-update.js';
import { stationPut } from '../../domain/admin/station-put.js';
import { CutoffHour, Settings, TaxRules } from '../../domain/branch-settings.js';
import { Name, strict } from '../../domain/fields.js';
import { Names } from '../../domain/payloads/menu.js';
import { administer, CHANGE_REFUSALS } from '../administer.js';
import { CommandDone } from '../give.js';
import { defineRoute } from '../route.js';

const written = { 200: { description: 'Written', schema: CommandDone } };

export const settingRoutes = [
  defineRoute({
    method: 'PATCH',
    path: '/branches/:branch',
    tag: 'Branch',
    summary: 'Change the branch’s settings',
    description:
      'What is absent stays. Zone and cut-off hour change only while no shift is open; tax rules count from the next change of ' +
      'each order on. The currency never changes.',
    access: ['manager', 'admin'],
    idempotencyKey: 'optional',
    conditional: true,
    body: strict({
      name: Type.Optional(Name),
      zone: Type.Optional(Name),
      cutoff_hour: Type.Optional(CutoffHour),
      tax_rules: Type.Optional(TaxRules),
      settings: Type.Optional(Settings),
    }),
    answers: written,
    refusals: CHANGE_REFUSALS,
    handle: (call) =>
      administer(call, {
        definition: branchUpdate,
        payload: { id: call.branch.hub.id, ...call.body },
        versionOf: 'branch',
      }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/branches/:branch/stations/:station',
    tag: 'Menu',
    summary: 'Add a station, or change one',
    description:
      '`If-None-Match: *` adds, `If-Match` with the ETag that was seen changes; what is absent stays.',
    access: ['manager', 'admin'],
    idempotencyKey: 'optional',
    conditional: true,
    body: strict({
      name: Type.Optional(Name),
      names: Type.Optional(Names),
      position: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    }),
    answers: written,
    refusals: CHANGE_REFUSALS,
    handle: (call) =>
      administer(call, {
        definition: stationPut,
        payload: { id: call.params.station, ...call.body },
        versionOf: 'station',
      }),
  }),
];
