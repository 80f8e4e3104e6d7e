/** Looks for secrets as bytes, in every form in which a program might have written them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A secret that was sent. */
export interface Secret {
  readonly kind: 'pin' | 'password' | 'token' | 'code' | 'card';
  readonly text: string;
}

/** One place that is looked through. */
export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Holds what the hub signs with, which is what it is there for. */
const KEY_FILES = new Set(['token.key', 'token.key.previous']);

/** What was found and where, `pin in expeditor.db (hex)`; the secret itself is not repeated. */
export function scan(places: readonly Place[], secrets: readonly Secret[]): string[] {
  const findings = new Set<string>();
  for (const secret of secrets) {
    for (const [form, bytes] of formsOf(secret.text)) {
      for (const place of places) {
        if (!place.bytes.includes(bytes)) continue;
        findings.add(`${secret.kind} …${secret.text.slice(-3)} in ${place.name} (${form})`);
      }
    }
  }
  return [...findings];
}

/** Every file of a data directory as it lies on the disk. */
export function filesOf(directory: string): Place[] {
  const names = readdirSync(directory).filter((name) => !KEY_FILES.has(name));
  return names.map((name) => ({ name, bytes: readFileSync(join(directory, name)) }));
}

/** Every value of every table: where a page ends, a value may be cut in two in the file. */
export function rowsOf(path: string): Place[] {
  const database = new Database(path, { readonly: true });
  try {
    const tables = database
      .prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
      .all();
    return tables.map(({ name }) => {
      const rows = database.prepare(`SELECT * FROM "${name}"`).raw().all() as unknown[][];
      const values = rows.flat().map((value) => {
        return Buffer.isBuffer(value) ? value : Buffer.from(String(value));
      });
      return { name: `table ${name}`, bytes: Buffer.concat(values.flatMap((each) => [each, GAP])) };
    });
  } finally {
    database.close();
  }
}

const GAP = Buffer.from('\n');

function formsOf(text: string): [form: string, bytes: Buffer][] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, 'utf16le');
  const forms: [form: string, bytes: Buffer][] = [
    ['utf-8', utf8],
    ['utf-16le', utf16],
    ['utf-16be', Buffer.from(utf16).swap16()],
    ['url', Buffer.from(encodeURIComponent(text))],
    ['json', Buffer.from(JSON.stringify(text).slice(1, -1))],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['HEX', Buffer.from(utf8.toString('hex').toUpperCase())],
    ...encodings(utf8, 'base64'),
    ...encodings(utf8, 'base64url'),
  ];
  return forms.filter(([, bytes], at) => forms.findIndex((form) => form[1].equals(bytes)) === at);
}

/** As it comes out wherever in a longer text it stands: at each of the three places in a group, without what neighbours alter. */
function encodings(bytes: Buffer, encoding: 'base64' | 'base64url'): [string, Buffer][] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = before === 0 ? 0 : before + 1;
    const to = Math.floor((whole.length * 8) / 6);
    return [encoding, Buffer.from(whole.toString(encoding).slice(from, to))];
  });
}
