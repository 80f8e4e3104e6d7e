/**
 * A first look at the names of fields: which need a second one, since they begin like a name that no message may hold or
 * that of a field for card data. Hardly any does, so that the second may take its time.
 */

const FORBIDDEN = '__p con pro';
const CARD_FIELDS = 'cvv cvc cvn ccv ccn csc cid car cre pan tra sec';
/** Card fields may be written with these between their letters. */
const SEPARATORS = ' _-';

const starts = `${FORBIDDEN} ${CARD_FIELDS}`.split(' ');
const FIRST = bitsAt(0);
const SECOND = bitsAt(1);
const THIRD = bitsAt(2);

/** By byte, a bit for each start that has it at this place. */
function bitsAt(place: number): Uint16Array {
  const bits = new Uint16Array(256);
  for (const [index, start] of starts.entries()) {
    const letter = start.charAt(place);
    for (const byte of new Set([letter.charCodeAt(0), letter.toUpperCase().charCodeAt(0)])) {
      bits[byte] = (bits[byte] ?? 0) | (1 << index);
    }
  }
  for (const separator of Array.from(SEPARATORS)) bits[separator.charCodeAt(0)] = 0xffff;
  return bits;
}

/** Whether the name from `start` to `end` (exclusive) needs a second look. */
export function needsSecondLook(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 3) return false;
  const first = FIRST[bytes[start] ?? 0] ?? 0;
  if (first === 0) return false;
  const second = SECOND[bytes[start + 1] ?? 0] ?? 0;
  return (first & second & (THIRD[bytes[start + 2] ?? 0] ?? 0)) !== 0;
}
