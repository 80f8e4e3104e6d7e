/** Whether bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */

/** Looks at the bytes from `start` to `end` (exclusive). */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let position = start; position < end; position += 1) {
    if ((bytes[position] ?? 0) >= 0x80) return false;
  }
  return true;
}

/** Looks at the bytes from `start` to `end` (exclusive). */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start;
  while (position < end) {
    const lead = bytes[position] ?? 0;
    if (lead < 0x80) {
      position += 1;
      continue;
    }
    const length = sequenceLength(lead);
    if (length === 0 || position + length > end) return false;
    if (!isSequence(bytes, position, length)) return false;
    position += length;
  }
  return true;
}

/** Bytes of the character that begins with `lead`; 0: none does. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

function isSequence(bytes: Uint8Array, position: number, length: number): boolean {
  const second = bytes[position + 1] ?? 0;
  switch (bytes[position] ?? 0) {
    case 0xe0:
      if (second < 0xa0) return false;
      break;
    case 0xed:
      if (second > 0x9f) return false;
      break;
    case 0xf0:
      if (second < 0x90) return false;
      break;
    case 0xf4:
      if (second > 0x8f) return false;
      break;
    default:
      break;
  }
  for (let offset = 1; offset < length; offset += 1) {
    if (((bytes[position + offset] ?? 0) & 0xc0) !== 0x80) return false;
  }
  return true;
}
