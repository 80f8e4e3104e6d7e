/** When two values count as the same: rows by all that is in them, selected values one level deep. */
import type { ViewRow } from '../../protocol/messages.js';

/** Rows of one version may differ: those of derived views have the hub's version, and another login may see other columns. */
export function sameRow(one: ViewRow, other: ViewRow): boolean {
  return one.version === other.version && sameData(one, other);
}

/** Of what a message can hold. */
function sameData(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  if (one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false;
  return sameFields(one, other, sameData);
}

/** `Object.is`, and of lists, maps, sets and plain objects whether all in them is. */
export function shallowEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, at) => Object.is(item, other[at]));
  }
  if (one instanceof Map && other instanceof Map) return sameMap(one, other);
  if (one instanceof Set && other instanceof Set) {
    return one.size === other.size && [...one].every((item) => other.has(item));
  }
  return isPlain(one) && isPlain(other) && sameFields(one, other, Object.is);
}

function sameMap(
  one: ReadonlyMap<unknown, unknown>,
  other: ReadonlyMap<unknown, unknown>,
): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) {
    if (!other.has(key) || !Object.is(value, other.get(key))) return false;
  }
  return true;
}

function sameFields(
  one: object,
  other: object,
  same: (one: unknown, other: unknown) => boolean,
): boolean {
  const fields = Object.entries(one);
  if (fields.length !== Object.keys(other).length) return false;
  const held = new Map(Object.entries(other));
  return fields.every(([name, value]) => held.has(name) && same(value, held.get(name)));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
