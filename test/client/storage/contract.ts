/**
 * What every storage of a client promises, run on each of them. It knows neither Node nor the test runner, so that it runs in
 * a browser's page too.
 */
import type { ClientStorage } from '../../../src/client/storage/storage.js';

/** A place on which storages are opened: one that was closed is opened again with all that it held. */
export interface StoragePlace {
  open(): Promise<ClientStorage>;
}

export type DeclareTest = (title: string, run: (place: StoragePlace) => Promise<void>) => void;

/** Plain data, in the same order of fields. */
export function same(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`expected ${right}, got ${left}`);
}

export async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}

const MANY = 200;

const VALUES: readonly unknown[] = [
  null,
  false,
  0,
  -0.5,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  '',
  'Käsespätzle für 2 🍽️ \u0000 \u2028 "quoted" \\',
  [],
  {},
  [1, [2, [3, [null]]]],
  { line: { modifiers: [{ name: 'ohne Zwiebeln', price: 0 }], note: null, seat: 4 }, '': 'empty' },
];

async function keysOf(storage: ClientStorage, space: string): Promise<readonly string[]> {
  return (await storage.entries(space)).map(({ key }) => key);
}

function isAscending(keys: readonly string[]): boolean {
  return keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
}

/** What holds for one client after the other. */
export function storageContract(test: DeclareTest): void {
  test('C-STO-1 values come back as they were, also after it was opened again', async (place) => {
    const first = await place.open();
    const changes = new Map(VALUES.map((value, index) => [`value-${index}`, value]));
    await first.write('values', changes);
    const expected = [...changes.keys()].sort().map((key) => ({ key, value: changes.get(key) }));
    same(await first.entries('values'), expected);
    await first.close();
    const second = await place.open();
    same(await second.entries('values'), expected);
    await second.close();
  });

  test('C-STO-1 nobody shares an object with the storage', async (place) => {
    const storage = await place.open();
    const given = { lines: ['soup'] };
    const written = storage.write('orders', new Map([['one', given]]));
    given.lines.push('fish');
    await written;
    const [read] = await storage.entries('orders');
    (read?.value as typeof given).lines.push('cake');
    await storage.update<{ lines: string[] }>('orders', 'one', (held) => {
      held?.lines.push('wine');
      return held;
    });
    same(await storage.entries('orders'), [{ key: 'one', value: { lines: ['soup'] } }]);
    await storage.close();
  });

  test('C-STO-2 spaces are apart, and entries come in the order of their keys', async (place) => {
    const storage = await place.open();
    const keys = ['b', 'a', 'ä', 'B', '10', '9', '', 'a b', '🍽', '\ufb01', 'a/b'];
    await storage.write('a', new Map(keys.map((key) => [key, key])));
    await storage.write('a\u0000', new Map([['other', 1]]));
    await storage.write('', new Map([['no name', 2]]));
    same(await keysOf(storage, 'a'), [...keys].sort());
    same(await storage.entries('a\u0000'), [{ key: 'other', value: 1 }]);
    same(await storage.entries(''), [{ key: 'no name', value: 2 }]);
    same(await storage.entries('nothing'), []);
    await storage.close();
  });

  test('C-STO-3 a write puts and removes many at once', async (place) => {
    const storage = await place.open();
    await storage.write('menu', new Map(Object.entries({ soup: 450, fish: 1890, cake: 420 })));
    await storage.write(
      'menu',
      new Map<string, unknown>([
        ['soup', 480],
        ['fish', undefined],
        ['never there', undefined],
        ['tea', 250],
      ]),
    );
    same(await storage.entries('menu'), [
      { key: 'cake', value: 420 },
      { key: 'soup', value: 480 },
      { key: 'tea', value: 250 },
    ]);
    await storage.write('menu', new Map());
    await storage.close();
  });

  test('C-STO-3 a write of which one value cannot be stored writes nothing', async (place) => {
    const storage = await place.open();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const cannot = [() => 1, 10n, circle];
    for (const value of cannot) {
      await failure(
        storage.write(
          'menu',
          new Map<string, unknown>([
            ['soup', 450],
            ['bad', value],
          ]),
        ),
      );
      await failure(storage.append('menu', value));
      await failure(storage.update('menu', 'tea', () => value));
    }
    same(await storage.entries('menu'), []);
    same(await storage.append('menu', 1), '0000000000000001');
    await storage.close();
  });

  test('C-STO-4 appended keys ascend, also after removals and after it was opened again', async (place) => {
    const first = await place.open();
    const given = await Promise.all(
      Array.from({ length: MANY }, (_, n) => first.append('queue', n)),
    );
    if (!isAscending(given)) throw new Error('the keys do not ascend in the order asked for');
    same(
      await first.entries('queue'),
      given.map((key, value) => ({ key, value })),
    );
    await first.write('queue', new Map(given.map((key) => [key, undefined])));
    same(await first.entries('queue'), []);
    await first.close();
    const second = await place.open();
    const later = await second.append('queue', 'later');
    if (!isAscending([...given, later])) throw new Error(`${later} is not above the others`);
    same(await second.append('another queue', 'first'), given[0]);
    await second.close();
  });

  test('C-STO-5 an update reads and writes with nothing between', async (place) => {
    const storage = await place.open();
    const add = (held: number | undefined): number => (held ?? 0) + 1;
    const results = await Promise.all(
      Array.from({ length: MANY }, () => storage.update('counts', 'tickets', add)),
    );
    same(
      results,
      Array.from({ length: MANY }, (_, n) => n + 1),
    );
    same(await storage.entries('counts'), [{ key: 'tickets', value: MANY }]);
    same((await storage.update<number>('counts', 'tickets', () => undefined)) ?? 'none', 'none');
    same(await storage.entries('counts'), []);
    await storage.close();
  });

  test('C-STO-5 an update that throws rejects with what it threw and writes nothing', async (place) => {
    const storage = await place.open();
    await storage.write('counts', new Map([['tickets', 7]]));
    const thrown = new Error('not today');
    const caught = await failure(
      storage.update('counts', 'tickets', () => {
        throw thrown;
      }),
    );
    if (caught !== thrown) throw new Error('another error came out');
    same(await storage.entries('counts'), [{ key: 'tickets', value: 7 }]);
    await storage.close();
  });

  test('C-STO-6 what is under way at its close is finished, what comes later is refused', async (place) => {
    const first = await place.open();
    const asked = Array.from({ length: 20 }, (_, n) => first.append('queue', n));
    await first.close();
    await Promise.all(asked);
    for (const late of [
      first.append('queue', 'late'),
      first.entries('queue'),
      first.write('queue', new Map([['late', 1]])),
      first.update('queue', 'late', () => 1),
    ]) {
      const error = (await failure(late)) as { name: string; code: string };
      same([error.name, error.code], ['StorageFailed', 'closed']);
    }
    await first.close();
    const second = await place.open();
    same(
      (await second.entries('queue')).map(({ value }) => value),
      Array.from({ length: 20 }, (_, n) => n),
    );
    await second.close();
  });
}

/** What holds for storages that several clients hold open at once. */
export function sharedStorageContract(test: DeclareTest): void {
  test('C-STO-7 two clients see what the other has written, and their keys ascend together', async (place) => {
    const [one, other] = [await place.open(), await place.open()];
    const keys: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      keys.push(
        await one.append('queue', `one ${turn}`),
        await other.append('queue', `other ${turn}`),
      );
    }
    if (!isAscending(keys)) throw new Error('the keys do not ascend');
    const both = await Promise.all(
      Array.from({ length: MANY }, (_, n) => (n % 2 === 0 ? one : other).append('queue', n)),
    );
    same(new Set([...keys, ...both]).size, keys.length + MANY);
    same(await keysOf(one, 'queue'), await keysOf(other, 'queue'));
    same((await keysOf(one, 'queue')).length, keys.length + MANY);
    await one.close();
    await other.close();
  });

  test('C-STO-7 updates of two clients at once lose nothing', async (place) => {
    const [one, other] = [await place.open(), await place.open()];
    const results = await Promise.all(
      Array.from({ length: MANY }, (_, n) =>
        (n % 2 === 0 ? one : other).update<number>('counts', 'tickets', (held) => (held ?? 0) + 1),
      ),
    );
    same(
      results.sort((a, b) => (a ?? 0) - (b ?? 0)),
      Array.from({ length: MANY }, (_, n) => n + 1),
    );
    await one.close();
    await other.close();
  });

  test('C-STO-8 a client is told of the other one’s writes in a space, and not of its own', async (place) => {
    const [one, other] = [await place.open(), await place.open()];
    const told: string[] = [];
    let settle: () => void = () => undefined;
    const heard = (space: string) => () => {
      told.push(space);
      settle();
    };
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        settle = resolve;
      });
    other.onForeignWrite('queue', heard('queue'));
    other.onForeignWrite('menu', heard('menu'));
    const cancel = other.onForeignWrite('menu', heard('cancelled'));
    cancel();
    cancel();
    await other.append('queue', 'its own');
    const writes = [
      () => one.append('queue', 1),
      () => one.write('menu', new Map([['soup', 450]])),
      () => one.update('queue', 'key', () => 1),
    ];
    for (const write of writes) {
      const event = next();
      await one.write('unwatched', new Map([['x', 1]]));
      await write();
      await event;
    }
    same(told, ['queue', 'menu', 'queue']);
    const held = { soup: 450 };
    await one.update<unknown>('menu', 'soup', (value) => value ?? held);
    const event = next();
    await one.append('queue', 'last');
    await event;
    same(told, ['queue', 'menu', 'queue', 'queue']);
    await one.close();
    await other.close();
  });
}
