import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardDataIn, isCardField, withoutCardData } from '../../src/base/card-data.js';
import { formatUuid } from '../../src/base/ids.js';
import { CARD_NUMBERS, cardNumber, isHiddenByMoment, written } from '../support/card-numbers.js';

const SEED = Number(process.env['SEED'] ?? 20_261_121);

/** Each of the texts passes, both alone and behind a word. */
function passes(texts: fc.Arbitrary<string>, numRuns = 1_000): void {
  const property = fc.property(texts, (text) => {
    expect([text, cardDataIn(text)]).toEqual([text, null]);
    expect(withoutCardData(`see ${text}`)).toBe(`see ${text}`);
  });
  fc.assert(property, { seed: SEED, numRuns });
}

const digits = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789')),
    minLength: length,
    maxLength: length,
  });

describe('card numbers', () => {
  it('CARD-1 the published test numbers of every issuer are found', () => {
    for (const [issuer, number] of CARD_NUMBERS) {
      expect([issuer, cardDataIn(number)]).toEqual([issuer, 'card number']);
      expect(withoutCardData(`paid with ${number}.`)).toBe('paid with [card].');
    }
  });

  it('CARD-1 every number of every issuer is found, however it is grouped and whatever stands around it', () => {
    const around = fc.constantFrom(
      '',
      ' ',
      'card ',
      'n° ',
      '(',
      'table 12: ',
      'x=',
      '卡 ',
      '12/26 ',
    );
    const after = fc.constantFrom(
      '',
      ' ',
      ')',
      ' 12/26',
      ' exp 1226',
      '1226',
      ' 4',
      ', thanks',
      '.',
    );
    const property = fc.property(
      around,
      cardNumber,
      after,
      fc.nat(),
      (before, number, rest, seed) => {
        const text = written(number, seed);
        fc.pre(!isHiddenByMoment(text + rest));
        expect([text, cardDataIn(before + text + rest)]).toEqual([text, 'card number']);
        const scrubbed = withoutCardData(before + text + rest);
        expect(cardDataIn(scrubbed)).toBeNull();
        expect(scrubbed).not.toContain(text);
        if (!before.includes('2')) expect(scrubbed.startsWith(before)).toBe(true);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 3_000 });
  });

  it('CARD-1 digits of other scripts are digits', () => {
    for (const text of [
      '٤١١١ ١١١١ ١١١١ ١١١١',
      '۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱',
      '４１１１－１１１１－１１１１－１１１１',
      '४१११११११११११११११',
      '𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏',
      '𝟺𝟷𝟷𝟷 1111 𝟏𝟏𝟏𝟏 ١١١١',
    ]) {
      expect([text, cardDataIn(text)]).toEqual([text, 'card number']);
      expect(withoutCardData(`<${text}>`)).toBe('<[card]>');
    }
  });

  it('CARD-1 a number glued to a word, after another number, or before a date is found', () => {
    for (const text of [
      'card4111111111111111',
      'visa4111 1111 1111 1111ok',
      '12 4111 1111 1111 1111',
      '4111 1111 1111 1111 2026-11-21',
      '2026-11-21 4111-1111-1111-1111',
      '4111 - 1111 - 1111 - 1111',
      'order:6f1c2d7e-3b0a-4c55-9f0e-2a1b3c4d5e6f 4111111111111111',
      '+4111 1111 1111 1111',
      '+378282246310005',
    ]) {
      expect([text, cardDataIn(text)]).toEqual([text, 'card number']);
    }
  });

  it('CARD-1 one wrong digit, another length or another beginning is no card number', () => {
    for (const text of [
      '4111111111111112',
      '411111111111111',
      '1111111111111117',
      '9111111111111111',
      '0000000000000000',
      '411111 or 1111111111',
    ]) {
      expect([text, cardDataIn(text)]).toEqual([text, null]);
    }
  });
});

describe('what is no card data', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const uuid = fc
    .tuple(bytes, fc.constantFrom(4 as const, 7 as const, 8 as const))
    .map(([random, version]) => formatUuid(random, version));

  it('CARD-2 UUIDs pass, in either case, with what our ids have before and behind', () => {
    const prefix = fc.constantFrom('', 'order:', 'line-', 'main/', 'till1-');
    const suffix = fc.constantFrom('', '-7', ':1', '/4', ' and more');
    const ids = fc.tuple(prefix, uuid, suffix).map(([before, id, after]) => before + id + after);
    passes(ids, 5_000);
    passes(uuid.map((id) => id.toUpperCase()));
    // Were it only for its digits, this one would be.
    expect(cardDataIn('41111111-1111-4111-8111-1bcdefabcdef')).toBeNull();
    expect(cardDataIn('41111111-1111-1111-1111')).toBe('card number');
  });

  it('CARD-2 dates, times, keys made of them and hashes pass', () => {
    const time = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2034-11-30'),
      noInvalidDate: true,
    });
    const number = fc.nat(99_999);
    passes(time.map((at) => at.toISOString()));
    passes(time.map((at) => at.toISOString().replace('T', ' ').replace('Z', '')));
    passes(
      fc.tuple(fc.nat(99), time, number).map(([n, at, seq]) => `till${n}-${at.getTime()}-${seq}`),
    );
    passes(fc.tuple(fc.nat(99), time, number).map(([n, at, seq]) => `${n}-${at.getTime()}-${seq}`));
    passes(
      fc
        .tuple(time, number)
        .map(([at, seq]) => `${at.toISOString().slice(0, 10).replaceAll('-', '')}-${seq}`),
    );
    passes(
      fc
        .tuple(number, time)
        .map(([table, at]) => `table ${table} ${at.toISOString().slice(0, 10)} 12.30`),
    );
    passes(
      fc.string({
        unit: fc.constantFrom(...Array.from('0123456789abcdef')),
        minLength: 64,
        maxLength: 64,
      }),
    );
  });

  it('CARD-2 phone numbers with the code of their country pass', () => {
    const code = fc.constantFrom(
      '1',
      '7',
      '20',
      '30',
      '34',
      '39',
      '44',
      '49',
      '54',
      '57',
      '60',
      '62',
      '63',
      '353',
      '420',
    );
    const local = fc.integer({ min: 7, max: 10 }).chain(digits);
    const plus = fc.constantFrom('+', '00');
    passes(fc.tuple(plus, code, local).map(([sign, country, rest]) => sign + country + rest));
    passes(
      fc.tuple(plus, code, local).map(([sign, country, rest]) => {
        const groups = [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6)];
        return `${sign === '00' ? '00 ' : sign}${country} ${groups.join('-')}`;
      }),
    );
    passes(fc.tuple(code, digits(9)).map(([country, rest]) => `tel. ${country} ${rest}`));
  });

  it('CARD-2 prices, quantities, addresses and order numbers pass', () => {
    passes(fc.nat(99_999_999).map((minor) => `£${(minor / 100).toFixed(2)}`));
    passes(fc.integer({ min: 1, max: 1e11 }).map(String));
    passes(digits(12));
    passes(fc.tuple(digits(4), digits(8)).map((parts) => parts.join('-')));
    passes(
      fc.tuple(fc.nat(99), digits(6)).map(([branch, number]) => `${branch}-20261121-${number}`),
    );
    passes(fc.ipV4());
    passes(fc.ipV6());
  });
});

describe('track data', () => {
  it('CARD-3 both tracks are found, whether or not their number is one', () => {
    for (const text of [
      '%B4111111111111111^DOE/JANE^26121011234?',
      'B1234567890123456^DOE/JANE ^2612101',
      ';4111111111111111=26121011234567890?',
      ';1234567890123=2612',
      '4111111111111112=26121011234567890',
      '%B4111111111111111^DOE/JANE^2612?;4111111111111111=2612?',
    ]) {
      expect([text, cardDataIn(`swiped ${text}`)?.length]).toEqual([text, expect.any(Number)]);
      expect(withoutCardData(`swiped ${text} twice`)).not.toMatch(/\d{5}/);
    }
    expect(cardDataIn(';1234567890123=2612')).toBe('track data');
    expect(cardDataIn('a=1; b=2; c=1234567890123=1')).toBeNull();
  });
});

describe('security codes', () => {
  it('CARD-4 three or four digits behind the name of a security code are found and hidden', () => {
    for (const text of [
      'cvv: 123',
      'CVV2=1234',
      'cvc 123',
      'Cvv123',
      'the cvn is 999',
      'CCV#123',
      'cvv code: 123',
      '{"cvv":"123"}',
      String.raw`{\"cvc\": 123}`,
      'cvv: ١٢٣',
    ]) {
      expect([text, cardDataIn(text)]).toEqual([text, 'security code']);
      expect(withoutCardData(text)).toContain('[card]');
      expect(withoutCardData(text)).not.toMatch(/\p{Nd}{3}/u);
    }
  });

  it('CARD-4 other codes pass', () => {
    for (const text of [
      'gate security code 1234',
      'cvv',
      'cvv: 12',
      'cvv: 12345',
      'the cvc',
      'placid: 123 guests',
      'cid 12',
      'fish 123',
    ]) {
      expect([text, cardDataIn(text)]).toEqual([text, null]);
    }
  });

  it('CARD-4 the names of fields for card data are known, however they are written', () => {
    const names =
      'cvv cvv2 cvc cvc2 cid csc pan card_number cardnumber track1 track2 security_code';
    for (const name of names.split(' ')) expect([name, isCardField(name)]).toEqual([name, true]);
    for (const name of ['CVV', 'cardNumber', 'card-number', 'Track_2', 'CVV 2', 'securityCode']) {
      expect([name, isCardField(name)]).toEqual([name, true]);
    }
    for (const name of ['card', 'code', 'pin', 'panel', 'number', 'track', 'station', 'cvvs', '']) {
      expect([name, isCardField(name)]).toEqual([name, false]);
    }
  });
});

describe('the cost', () => {
  it('CARD-5 the time grows with the length of the text and no faster, whatever is in it', () => {
    for (const unit of [
      '4',
      '4 ',
      '4111111111111112 ',
      'cvv ',
      'cvv    ',
      ' ',
      '%B411111111111^',
      ';411111111111=',
      'a1b2',
      '٤',
      '20261121-',
    ]) {
      const text = unit.repeat(65_536 / unit.length);
      const start = performance.now();
      withoutCardData(text);
      expect([unit, performance.now() - start < 2_000]).toEqual([unit, true]);
    }
  });
});
