import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REFUSALS } from '../../src/base/refusal.js';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
import { applyMessage, replicaOf, type Replica } from '../../src/protocol/apply.js';
import { BROKEN } from '../../src/protocol/broken.js';
import { CLOSE, shouldReconnect } from '../../src/protocol/close-codes.js';
import { decode, encode } from '../../src/protocol/codec.js';
import { QUERY_NAMES, VIEW_NAMES } from '../../src/protocol/messages.js';
import { HUB_MESSAGES } from '../../src/protocol/hub-schemas.js';
import { ENVELOPES } from '../../src/protocol/schemas.js';
import type {
  DeltaMessage,
  Encoding,
  SnapshotDeltaMessage,
  SnapshotMessage,
  ViewRow,
} from '../../src/protocol/messages.js';
import { parseClientMessage } from '../../src/protocol/parse.js';
import { bytesOf, textBytes } from './support.js';

interface Encoded {
  readonly meaning: string;
  readonly message: object;
  readonly msgpack: string;
  readonly json: string;
}

interface Accepted extends Encoded {
  readonly read?: object;
}

interface Refused extends Encoded {
  readonly id?: string;
  readonly key?: string;
  readonly code: string;
  readonly details?: unknown;
}

interface Broken {
  readonly meaning: string;
  readonly encoding: Encoding;
  readonly bytes: string;
  readonly close: number;
  readonly reason: string;
}

interface Close {
  readonly meaning: string;
  readonly code: number;
  readonly reconnect: boolean;
}

interface NumberForm {
  readonly meaning: string;
  readonly msgpack: string;
  readonly value: number;
}

interface HeldReplica {
  readonly epoch: string;
  readonly version: number;
  readonly tables: Readonly<Record<string, readonly ViewRow[]>>;
}

interface Apply {
  readonly meaning: string;
  readonly held: HeldReplica;
  readonly message: SnapshotMessage | SnapshotDeltaMessage | DeltaMessage;
  readonly outcome: 'applied' | 'dropped' | 'gap';
  readonly then?: HeldReplica;
}

function vectors<Vector>(name: string): Vector[] {
  const text = readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { vectors: Vector[] }).vectors;
}

function replica({ epoch, version, tables }: HeldReplica): Replica {
  const head = { type: 'snapshot', channel: '', view: 'kitchen', branchId: '' } as const;
  return replicaOf({ ...head, epoch, version, serverTime: 0, tables });
}

/** The bytes of a vector in both encodings. */
function forms({ json, msgpack }: Encoded): [Encoding, Uint8Array][] {
  return [
    ['msgpack', bytesOf(msgpack)],
    ['json', textBytes(json)],
  ];
}

describe('golden vectors', () => {
  test.each([
    ...vectors<Accepted>('accepted'),
    ...vectors<Refused>('refused'),
    ...vectors<Encoded>('hub'),
  ])('P-VEC-1 $meaning: the bytes are the message', ({ message, msgpack, json }) => {
    expect(Buffer.from(encode(message, 'msgpack')).toString('hex')).toBe(msgpack);
    expect(decode(bytesOf(msgpack), 'msgpack')).toEqual(message);
    expect(Buffer.from(encode(message, 'json')).toString()).toBe(json);
    expect(decode(textBytes(json), 'json')).toEqual(message);
  });

  test.each(vectors<Accepted>('accepted'))('P-VEC-1 $meaning: taken', (vector) => {
    for (const [encoding, bytes] of forms(vector)) {
      const message = vector.read ?? vector.message;
      expect(parseClientMessage(bytes, encoding)).toEqual({ kind: 'message', message });
    }
  });

  test.each(vectors<Refused>('refused'))('P-VEC-1 $meaning: refused', (vector) => {
    for (const [encoding, bytes] of forms(vector)) {
      const parsed = parseClientMessage(bytes, encoding);
      if (parsed.kind !== 'refused') throw new Error(parsed.kind);
      const { id, key, refusal } = parsed;
      expect({ id, key, code: refusal.code, details: refusal.details }).toEqual({
        id: vector.id,
        key: vector.key,
        code: vector.code,
        details: vector.details,
      });
    }
  });

  test.each(vectors<Broken>('broken'))('P-VEC-1 $encoding: $meaning: broken', (vector) => {
    const parsed = parseClientMessage(bytesOf(vector.bytes), vector.encoding);
    expect(parsed).toMatchObject({
      kind: 'broken',
      close: vector.close,
      reason: vector.reason,
    });
  });

  test.each(vectors<Close>('closes'))('P-VEC-1 close $code: $meaning', ({ code, reconnect }) => {
    expect(shouldReconnect(code)).toBe(reconnect);
  });

  test.each(vectors<NumberForm>('numbers'))('P-VEC-1 $meaning: $value', ({ msgpack, value }) => {
    expect(decode(bytesOf(msgpack), 'msgpack')).toEqual({ n: value });
  });

  test.each(vectors<Apply>('apply'))('P-VEC-1 $meaning: $outcome', (vector) => {
    const result = applyMessage(replica(vector.held), vector.message);
    expect(result.kind).toBe(vector.outcome);
    if (result.kind === 'applied') {
      expect(result.replica).toEqual(replica(vector.then ?? vector.held));
    }
  });
});

/** Of these, the ones that no vector shows. */
function lacking(all: Iterable<string>, shown: Iterable<unknown>): string[] {
  const seen = new Set(shown);
  return [...all].filter((name) => !seen.has(name));
}

const fieldOf = (type: string, field: string, files: readonly string[]): unknown[] =>
  files
    .flatMap((file) => vectors<Encoded>(file))
    .map(({ message }) => message as Readonly<Record<string, unknown>>)
    .filter((message) => message['type'] === type)
    .map((message) => message[field]);

describe('the golden vectors are complete', () => {
  const typesIn = (file: string) =>
    vectors<Encoded>(file).map(({ message }) => (message as { readonly type: string }).type);

  test('P-VEC-2 every message type of either direction has one', () => {
    expect(lacking(Object.keys(ENVELOPES), typesIn('accepted'))).toEqual([]);
    expect(lacking(Object.keys(HUB_MESSAGES), typesIn('hub'))).toEqual([]);
  });

  test('P-VEC-2 every command, query and view has one', () => {
    const commands = Object.keys({ ...COMMANDS, ...LEASES });
    expect(lacking(commands, fieldOf('command', 'name', ['accepted']))).toEqual([]);
    expect(lacking(QUERY_NAMES, fieldOf('query', 'name', ['accepted']))).toEqual([]);
    expect(lacking(VIEW_NAMES, fieldOf('subscribe', 'view', ['accepted']))).toEqual([]);
  });

  test('P-VEC-2 every error code has one, with its status and whether to retry, and every notice', () => {
    expect(lacking(Object.keys(REFUSALS), fieldOf('error', 'code', ['hub']))).toEqual([]);
    for (const { message } of vectors<Encoded>('hub')) {
      const error = message as { type: string; code: keyof typeof REFUSALS };
      if (error.type === 'error') expect(error).toMatchObject(REFUSALS[error.code]);
    }
    const { code } = HUB_MESSAGES.notice.properties as { code: { enum: string[] } };
    expect(lacking(code.enum, fieldOf('notice', 'code', ['hub']))).toEqual([]);
  });

  test('P-VEC-2 every close code and every reason of a broken message has one', () => {
    const codes = vectors<Close>('closes').map(({ code }) => String(code));
    expect(lacking(Object.values(CLOSE).map(String), codes)).toEqual([]);
    const reasons = vectors<Broken>('broken').map(({ reason }) => reason);
    // A message above 64 KiB is no line of a file: test/protocol/broken.test.ts makes one.
    expect(lacking(Object.keys(BROKEN), [...reasons, 'too_large'])).toEqual([]);
  });
});
