/** What a command comes to. */
import type { Durability } from '../../base/durability.js';
import type { Refusal } from '../../base/refusal.js';

export type CommandAnswer =
  | {
      readonly kind: 'done';
      /** Branch version of the commit; null for what the hub's memory alone knows (leases). */
      readonly version: number | null;
      readonly durability: Durability;
      readonly result: Readonly<Record<string, unknown>>;
      readonly replayed: boolean;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
