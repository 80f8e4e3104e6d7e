/** The guards by encoding. A client may ask before it sends: what is refused here would end its connection. */
import type { BrokenReason } from './broken.js';
import { jsonFault } from './guard-json.js';
import { msgpackFault } from './guard-msgpack.js';
import type { Encoding } from './messages.js';

/** null: nothing speaks against decoding the message. */
export function messageFault(bytes: Uint8Array, encoding: Encoding): BrokenReason | null {
  return encoding === 'json' ? jsonFault(bytes) : msgpackFault(bytes);
}
