/** The first place at which two pieces of JSON differ. */
import { shown } from '../findings.js';

/** "sales.by_hour[2].total is 5, reckoned anew it is 6"; null: they are equal. Order of names does not matter. */
export function differenceOf(found: unknown, expected: unknown, path = ''): string | null {
  if (isObject(found) && isObject(expected) && Array.isArray(found) === Array.isArray(expected)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const place = Array.isArray(expected) ? `${path}[${name}]` : dotted(path, name);
      const difference = differenceOf(found[name], expected[name], place);
      if (difference !== null) return difference;
    }
    return null;
  }
  if (found === expected) return null;
  return `${path} is ${shown(found)}, reckoned anew it is ${shown(expected)}`;
}

function dotted(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
