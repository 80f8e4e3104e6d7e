/** What makes two requests the same: name and payload in canonical form, hashed. */
import { createHash } from 'node:crypto';

/** JSON with the keys of every object sorted, so that equal content gives equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as Readonly<Record<string, unknown>>;
    const members = Object.keys(record)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

export function requestHash(name: string, payload: unknown): string {
  return createHash('sha256')
    .update(name)
    .update('\n')
    .update(canonical(payload))
    .digest('base64url');
}
