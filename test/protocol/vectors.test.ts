import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyMessage, replicaOf, type Replica } from '../../src/protocol/apply.js';
import { decode, encode } from '../../src/protocol/codec.js';
import type {
  DeltaMessage,
  Encoding,
  SnapshotDeltaMessage,
  SnapshotMessage,
  ViewRow,
} from '../../src/protocol/messages.js';
import { parseClientMessage } from '../../src/protocol/parse.js';
import { bytesOf } from './support.js';

interface Encoded {
  readonly meaning: string;
  readonly message: object;
  readonly msgpack: string;
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
function forms({ message, msgpack }: Encoded): [Encoding, Uint8Array][] {
  return [
    ['msgpack', bytesOf(msgpack)],
    ['json', encode(message, 'json')],
  ];
}

describe('golden vectors', () => {
  test.each([
    ...vectors<Accepted>('accepted'),
    ...vectors<Refused>('refused'),
    ...vectors<Encoded>('hub'),
  ])('P-VEC-1 $meaning: the bytes are the message', ({ message, msgpack }) => {
    expect(Buffer.from(encode(message, 'msgpack')).toString('hex')).toBe(msgpack);
    expect(decode(bytesOf(msgpack), 'msgpack')).toEqual(message);
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
    expect(parsed).toMatchObject({ kind: 'broken', close: vector.close });
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
