/** The kinds that requests are limited and shed by. */
import type { EarlyLook } from '../../protocol/early-look.js';

/** What each brings: money, a cook's bump, an order, or none of these (shift, cash drawer, menu, numbers, administration). */
export type CommandKind = 'payment' | 'kitchen' | 'order' | 'other';

export type RequestKind = CommandKind | 'query';

const FIRST_WORDS = { order: 'order.', kitchen: 'kitchen.', payment: 'payment.' } as const;
const encoder = new TextEncoder();
const ORDER = encoder.encode(FIRST_WORDS.order);
const KITCHEN = encoder.encode(FIRST_WORDS.kitchen);
const PAYMENT = encoder.encode(FIRST_WORDS.payment);

/** By the first word of its name, known or not. */
export function kindOfCommand(name: string): CommandKind {
  if (name.startsWith(FIRST_WORDS.order)) return 'order';
  if (name.startsWith(FIRST_WORDS.kitchen)) return 'kitchen';
  return name.startsWith(FIRST_WORDS.payment) ? 'payment' : 'other';
}

/** Of what was seen of a request that nobody has read. */
export function kindSeen(look: EarlyLook): RequestKind {
  if (look.type === 'query') return 'query';
  if (look.nameBegins(ORDER)) return 'order';
  if (look.nameBegins(KITCHEN)) return 'kitchen';
  return look.nameBegins(PAYMENT) ? 'payment' : 'other';
}
