/** The guards by encoding. A client may ask before it sends: what is refused here would end its connection. */
import type { BrokenReason, GuardVerdict } from './broken.js';
import { jsonVerdict } from './guard-json.js';
import { msgpackVerdict } from './guard-msgpack.js';
import type { Encoding } from './messages.js';

export function guardVerdict(bytes: Uint8Array, encoding: Encoding): GuardVerdict {
  return encoding === 'json' ? jsonVerdict(bytes) : msgpackVerdict(bytes);
}

/** null: nothing speaks against decoding the message. */
export function messageFault(bytes: Uint8Array, encoding: Encoding): BrokenReason | null {
  const verdict = guardVerdict(bytes, encoding);
  return verdict === 'card_suspected' ? null : verdict;
}
