/** What the tests of parsing share: a valid command, and what became of a message. */
import { expect } from 'vitest';
import type { FaultDetail } from '../../src/base/refusal.js';
import { encode } from '../../src/protocol/codec.js';
import type { Encoding } from '../../src/protocol/messages.js';
import { parseClientMessage, type ParsedMessage } from '../../src/protocol/parse.js';

export const PAYMENT = {
  type: 'command',
  id: '1',
  key: 'k1',
  name: 'payment.add',
  branchId: 'main',
  payload: { order_id: 'o1', method: 'cash', amount: 500 },
};

export function parse(value: object, encoding: Encoding = 'msgpack'): ParsedMessage {
  return parseClientMessage(encode(value, encoding), encoding);
}

/** The refusal, which must be the same in both encodings. */
export function refusalOf(value: object): Extract<ParsedMessage, { kind: 'refused' }> {
  const parsed = parse(value);
  if (parsed.kind !== 'refused') throw new Error(`not refused: ${JSON.stringify(parsed)}`);
  expect(parse(value, 'json')).toEqual(parsed);
  return parsed;
}

export function faultsOf(value: object): readonly FaultDetail[] {
  return refusalOf(value).refusal.details as readonly FaultDetail[];
}

export function withPayload(payload: object, name = 'payment.add'): object {
  return { ...PAYMENT, name, payload };
}
