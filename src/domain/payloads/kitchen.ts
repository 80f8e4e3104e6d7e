/** Payloads of the kitchen's commands. */
import { Type, type Static } from 'typebox';
import { LINES_PER_COMMAND_MAX } from '../bounds.js';
import { Id, strict } from '../fields.js';

export const KitchenSetStatus = strict({
  order_id: Id,
  line_ids: Type.Array(Id, { minItems: 1, maxItems: LINES_PER_COMMAND_MAX }),
  status: Type.Union([Type.Literal('preparing'), Type.Literal('ready'), Type.Literal('served')]),
});
export type KitchenSetStatus = Static<typeof KitchenSetStatus>;

export const KitchenClear = strict({
  order_id: Id,
  line_ids: Type.Array(Id, { minItems: 1, maxItems: LINES_PER_COMMAND_MAX }),
});
export type KitchenClear = Static<typeof KitchenClear>;
