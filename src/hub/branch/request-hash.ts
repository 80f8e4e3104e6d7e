/** What makes two requests the same: name and payload in canonical form, hashed. */
import { hash } from 'node:crypto';

/** The value with the keys of every object in order, so that equal content gives equal JSON. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  const record = value as Readonly<Record<string, unknown>>;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(record).sort()) sorted[key] = canonical(record[key]);
  return sorted;
}

/** In one call: a `Hash` object costs five times as much as the hashing. */
export function requestHash(name: string, payload: unknown): string {
  return hash('sha256', `${name}\n${JSON.stringify(canonical(payload))}`, 'base64url');
}
