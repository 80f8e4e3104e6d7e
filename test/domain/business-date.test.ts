import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessDate, isZone, localHours, localTime } from '../../src/domain/business-date.js';

const LONDON = 'Europe/London';
const utc = (text: string): number => Date.parse(text);

describe('D-DATE-1 a business date begins at the cut-off hour of the branch', () => {
  const cases: [string, string, number, string, string][] = [
    ['a minute before the cut-off', LONDON, 4, '2019-05-19T02:59:59Z', '2019-05-18'],
    ['at the cut-off', LONDON, 4, '2019-05-19T03:00:00Z', '2019-05-19'],
    ['a winter night', LONDON, 4, '2019-01-01T03:59:00Z', '2018-12-31'],
    ['a winter morning', LONDON, 4, '2019-01-01T04:00:00Z', '2019-01-01'],
    ['cut-off at midnight', LONDON, 0, '2019-01-01T00:00:00Z', '2019-01-01'],
    ['the hour that spring skips', LONDON, 1, '2019-03-31T01:00:00Z', '2019-03-31'],
    ['before that hour', LONDON, 1, '2019-03-31T00:59:59Z', '2019-03-30'],
    ['the night of 29 February', LONDON, 4, '2020-03-01T01:00:00Z', '2020-02-29'],
    ['03:59 after the clocks went forward', LONDON, 4, '2019-03-31T02:59:00Z', '2019-03-30'],
    ['04:00 after the clocks went forward', LONDON, 4, '2019-03-31T03:00:00Z', '2019-03-31'],
    ['the first 01:30 of autumn', LONDON, 2, '2019-10-27T00:30:00Z', '2019-10-26'],
    ['the second 01:30 of autumn', LONDON, 2, '2019-10-27T01:30:00Z', '2019-10-26'],
    ['02:00 after the clocks went back', LONDON, 2, '2019-10-27T02:00:00Z', '2019-10-27'],
    ['a zone ahead', 'Asia/Kolkata', 4, '2019-05-18T22:29:00Z', '2019-05-18'],
    ['a zone ahead, at its cut-off', 'Asia/Kolkata', 4, '2019-05-18T22:30:00Z', '2019-05-19'],
  ];
  test.each(cases)('D-DATE-1 %s', (_title, zone, cutoff, at, expected) => {
    expect(businessDate(utc(at), zone, cutoff)).toBe(expected);
  });

  test('D-DATE-1 it never goes back while time goes on, whatever the clocks do', () => {
    const from = utc('2019-01-01T00:00:00Z');
    const zones = fc.constantFrom(LONDON, 'Europe/Paris', 'America/Havana', 'Australia/Lord_Howe');
    const instant = fc
      .integer({ min: 0, max: 366 * 96 })
      .map((quarter) => from + quarter * 900_000);
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 6 }), instant, (zone, cutoff, at) => {
        expect(businessDate(at + 900_000, zone, cutoff) >= businessDate(at, zone, cutoff)).toBe(
          true,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('D-DATE-1 an unknown zone is a bug, not a date', () => {
    expect(isZone(LONDON)).toBe(true);
    expect(isZone('Europe/Atlantis')).toBe(false);
    expect(() => businessDate(0, 'Europe/Atlantis', 4)).toThrow('Europe/Atlantis');
  });
});

describe('D-DATE-2 local times are read in the zone of the branch', () => {
  const cases: [string, string, string][] = [
    ['winter', '18/01/2019 21:05', '2019-01-18T21:05:00Z'],
    ['summer', '18/05/2019 21:05', '2019-05-18T20:05:00Z'],
    [
      'skipped in spring: as if the clocks had not moved',
      '31/03/2019 01:30',
      '2019-03-31T01:30:00Z',
    ],
    ['twice in autumn: the first', '27/10/2019 01:30', '2019-10-27T00:30:00Z'],
  ];
  test.each(cases)('D-DATE-2 %s', (_title, text, expected) => {
    expect(localTime(text, LONDON)).toBe(utc(expected));
  });

  test.each(['2019-05-18 21:05', '31/02/2019 10:00', '18/05/2019 24:10', ''])(
    'D-DATE-2 "%s" is not a time of that form',
    (text) => {
      expect(() => localTime(text, LONDON)).toThrow('not a time');
    },
  );
});

test('D-DATE-3 the hour of a sale is the hour on the wall of the branch', () => {
  const hour = localHours(LONDON);
  expect(hour(utc('2019-05-18T20:05:00Z'))).toBe(21);
  expect(hour(utc('2019-05-18T20:14:59Z'))).toBe(21);
  expect(hour(utc('2019-01-18T20:05:00Z'))).toBe(20);
  expect(localHours('Asia/Kolkata')(utc('2019-05-18T18:29:00Z'))).toBe(23);
  expect(localHours('Asia/Kolkata')(utc('2019-05-18T18:30:00Z'))).toBe(0);
});
