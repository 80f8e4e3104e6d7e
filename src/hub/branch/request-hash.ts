/** What makes two requests the same: name and payload in canonical form, hashed. */
import { hash } from 'node:crypto';

/** JSON with the keys of every object sorted, so that equal content gives equal text. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const element of value) text += (text === '' ? '' : ',') + canonical(element);
    return `[${text}]`;
  }
  const record = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(record).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(record[key])}`;
  }
  return `{${text}}`;
}

/** In one call: a `Hash` object costs five times as much as the hashing. */
export function requestHash(name: string, payload: unknown): string {
  return hash('sha256', `${name}\n${canonical(payload)}`, 'base64url');
}
