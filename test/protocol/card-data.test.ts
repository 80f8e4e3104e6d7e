import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cardDataIn } from '../../src/base/card-data.js';
import { encode } from '../../src/protocol/codec.js';
import { guardVerdict } from '../../src/protocol/guard.js';
import { CARD_NUMBERS, cardNumber, isHiddenByMoment, written } from '../support/card-numbers.js';
import { parse, PAYMENT, refusalOf } from './parsing.js';
import { ENCODINGS, textBytes } from './support.js';

const SEED = Number(process.env['SEED'] ?? 20_261_121);
const VISA = '4111 1111 1111 1111';
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.4111111111111111.c2ln';

/** The refusal of a message that carries card data: it must repeat none of it. */
function cardRefusal(value: object) {
  const refused = refusalOf(value);
  expect(refused.refusal).toMatchObject({
    code: 'validation_failed',
    message: 'card data is never taken here',
  });
  const { type: _, ...told } = refused;
  expect(cardDataIn(JSON.stringify(told))).toBeNull();
  return refused;
}

const withNote = (note: unknown) => ({
  ...PAYMENT,
  name: 'order.update',
  payload: { order_id: 'o1', note },
});

describe('card data in a message', () => {
  test.each(CARD_NUMBERS)(
    'CARD-6 a number of %s (%s) is refused before anything else',
    (_, number) => {
      const refused = cardRefusal({
        ...PAYMENT,
        payload: { ...PAYMENT.payload, reference: `x ${number}` },
      });
      expect(refused).toMatchObject({ id: '1', key: 'k1', type: 'command' });
      expect(refused.refusal.details).toEqual([
        { path: '/payload/reference', reason: 'holds a card number' },
      ]);
    },
  );

  test.each([
    [{ ...PAYMENT, correlationId: VISA }, '/correlationId'],
    [{ ...PAYMENT, branchId: VISA }, '/branchId'],
    [{ ...PAYMENT, name: VISA }, '/name'],
    [{ ...PAYMENT, clientAt: 4_111_111_111_111_111 }, '/clientAt'],
    [{ ...PAYMENT, expect: { order_header: { [VISA]: 1 } } }, '/expect/order_header/[card]'],
    [{ ...PAYMENT, other: [{ deep: [VISA] }] }, '/other/0/deep/0'],
    [{ ...PAYMENT, payload: { [`n/${VISA}`]: 1 } }, '/payload/n~1[card]'],
    [{ ...PAYMENT, payload: { '41111111': { '11111111': VISA } } }, '/payload/[card]'],
    [{ type: VISA, id: '1' }, '/type'],
    [{ type: 'subscribe', id: '1', view: VISA, branchId: 'main' }, '/view'],
    [{ type: 'unsubscribe', id: '1', channel: VISA }, '/channel'],
    [
      { type: 'query', id: '1', name: 'order.get', branchId: 'main', params: { order_id: VISA } },
      '/params/order_id',
    ],
    [{ type: 'heartbeat', versions: { [VISA]: 1 } }, '/versions/[card]'],
    [{ type: 'hello', id: '1', token: 't', client: { name: VISA, version: '1' } }, '/client/name'],
    [{ type: 'hello', id: '1', token: 't', sessionId: VISA }, '/sessionId'],
  ])('CARD-6 %o is refused at %s', (value, path) => {
    expect(cardRefusal(value).refusal.details).toEqual([{ path, reason: 'holds a card number' }]);
  });

  test('CARD-6 an id or key that carries it is not repeated', () => {
    expect(cardRefusal({ ...PAYMENT, id: VISA })).not.toHaveProperty('id');
    expect(cardRefusal({ ...PAYMENT, key: `k ${VISA}` })).not.toHaveProperty('key');
    expect(cardRefusal({ type: 'ping', id: VISA })).not.toHaveProperty('id');
  });

  test('CARD-6 track data, security codes and their fields are refused, wherever they stand', () => {
    for (const [note, reason] of [
      ['%B1234567890123456^DOE/JANE^2612101?', 'holds track data of a card'],
      [';1234567890123456=26121011234567890?', 'holds track data of a card'],
      ['cvv: 123', 'holds the security code of a card'],
      ['the CVC2 is ١٢٣', 'holds the security code of a card'],
    ]) {
      expect(cardRefusal(withNote(note)).refusal.details).toEqual([
        { path: '/payload/note', reason },
      ]);
    }
    const names =
      'cvv cvv2 cvc cvc2 cid csc pan card_number cardnumber track1 track2 security_code';
    for (const name of [...names.split(' '), 'cardNumber', 'CVV', 'card-number']) {
      const { details } = cardRefusal({ ...PAYMENT, payload: { card: { [name]: 'x' } } }).refusal;
      expect(details).toEqual([
        { path: `/payload/card/${name}`, reason: 'is a field for card data' },
      ]);
    }
  });

  test('CARD-6 at most sixteen places are told', () => {
    const lines = Array.from({ length: 30 }, () => ({ note: VISA }));
    expect(cardRefusal({ ...PAYMENT, payload: { lines } }).refusal.details).toHaveLength(16);
  });

  test('CARD-6 a token is not looked at', () => {
    for (const type of ['hello', 'auth']) {
      for (const encoding of ENCODINGS) {
        expect(parse({ type, id: '1', token: TOKEN }, encoding).kind).toBe('message');
      }
    }
    cardRefusal({ type: 'ping', id: '1', token: VISA });
  });

  test('CARD-6 JSON may escape it or write it as a number of any form', () => {
    for (const value of [
      String.raw`"\u0034111111111111111"`,
      String.raw`"4111\/1111\/1111\/1111"`,
      String.raw`"4111\t1111\t1111\t1111"`,
      '4111111111111111',
      '4111111111111111.0',
      '4.111111111111111e15',
      '41111111111111110E-1',
      '-4111111111111111',
    ]) {
      const bytes = textBytes(`{"type":"ping","id":"1","note":${value}}`);
      expect([value, guardVerdict(bytes, 'json')]).toEqual([value, 'card_suspected']);
    }
  });
});

describe('the first look at the bytes', () => {
  const around = fc.string({ unit: 'grapheme', maxLength: 12 });

  test('CARD-7 whatever is card data is suspected, in either encoding', () => {
    const property = fc.property(
      around,
      cardNumber,
      around,
      fc.nat(),
      (before, number, after, seed) => {
        const text = `${before}${written(number, seed)}${after}`;
        fc.pre(cardDataIn(text) !== null && !isHiddenByMoment(text));
        for (const encoding of ENCODINGS) {
          for (const value of [
            { type: 'x', a: text },
            { type: 'x', a: { [text]: [1] } },
          ]) {
            expect([text, guardVerdict(encode(value, encoding), encoding)]).toEqual([
              text,
              'card_suspected',
            ]);
          }
        }
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  test('CARD-7 a text that is found in by chance is suspected too', () => {
    const unit = fc.constantFrom(...Array.from('44445512367890 -./_:=^;%Bcvvdinsa٤４é\u00a0'));
    const texts = fc.string({ unit, maxLength: 40 });
    const property = fc.property(texts, (text) => {
      if (cardDataIn(text) === null) return;
      for (const encoding of ENCODINGS) {
        const bytes = encode({ type: 'x', a: text }, encoding);
        expect([text, guardVerdict(bytes, encoding)]).toEqual([text, 'card_suspected']);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 5_000 });
  });

  test('CARD-7 a number of card length is suspected in every form', () => {
    const property = fc.property(cardNumber.map(Number).filter(Number.isSafeInteger), (number) => {
      for (const encoding of ENCODINGS) {
        expect(guardVerdict(encode({ type: 'x', number }, encoding), encoding)).toBe(
          'card_suspected',
        );
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  test('CARD-7 messages as tills and screens send them are not even suspected', () => {
    const id = '6f1c2d7e-3b0a-4c55-9f0e-2a1b3c4d5e6f';
    const messages = [
      {
        ...PAYMENT,
        key: id,
        clientAt: 1_795_000_000_000,
        payload: { ...PAYMENT.payload, order_id: id, tip: 150 },
      },
      {
        ...PAYMENT,
        key: 'till1-1732190000000-7',
        name: 'kitchen.set_status',
        payload: { order_id: id, line_ids: [id], status: 'served' },
        expect: { order_line: { [id]: 3 } },
      },
      withNote('table 12: no onions, 2 x spicy, door code 4711, call +44 20 7946 0958'),
      withNote('без лука, 2 порции; sans oignon, très cuit — 玉ねぎ抜き'),
      {
        type: 'heartbeat',
        versions: { 'main/kitchen/grill': 1_234_567 },
        queue: { length: 2, oldestAt: 1_795_000_000_000 },
      },
    ];
    for (const message of messages) {
      for (const encoding of ENCODINGS) {
        expect([message, guardVerdict(encode(message, encoding), encoding)]).toEqual([
          message,
          null,
        ]);
      }
    }
  });
});

/** Bytes of a golden vector. */
const DUMP = /"(?:msgpack|hex|bytes)": "[0-9a-f]*"/g;

describe('what the project carries itself', () => {
  const folders = ['test/protocol/vectors', 'data/demo'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:json|csv)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  );

  test('CARD-8 golden vectors and demo data hold no card data', () => {
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      for (const line of readFileSync(file, 'utf8').replaceAll(DUMP, '').split('\n')) {
        expect([file, line, cardDataIn(line)]).toEqual([file, line, null]);
      }
    }
  });
});
