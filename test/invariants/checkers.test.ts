/** Each checker finds the bug that it is for, planted in a fake or behind a port; without one nobody finds anything. */
import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadedRow, Store } from '../../src/store/port.js';
import type { OrderHeader } from '../../src/domain/rows.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { memoryEngine, sqliteEngine, type Engine } from '../support/random-traffic/engine.js';
import { ChainChecker } from '../support/checkers/chain-checker.js';
import { IsolationChecker } from '../support/checkers/isolation-checker.js';
import { ReplicaChecker } from '../support/checkers/replica-checker.js';
import { collectRecords } from '../support/random-traffic/collect.js';
import { faultyEngine, PlantedEvening, tamper } from './planted.js';

describe('without a bug', () => {
  it.each([
    ['memory', memoryEngine],
    ['sqlite', sqliteEngine],
  ] as const)('I1 I2 I3 I4 I5 I6 I7 I8 no checker finds anything on %s', async (_name, make) => {
    const evening = await PlantedEvening.open(make);
    await evening.begin();
    const paid = await evening.pay();
    await evening.repeat(paid, 'till-2');
    expect([...(await evening.end())]).toEqual([]);
  });
});

describe('ReplicaChecker', () => {
  it('I4 finds a delta that was lost', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    let lost = false;
    tamper(evening.who('expo'), (message) => {
      const isLost = !lost && message.type === 'delta' && message.channel === 'north/kitchen';
      lost ||= isLost;
      return isLost ? null : message;
    });
    await evening.give(
      'order.transfer',
      { order_id: 'north-order', table_no: '9' },
      header(evening),
    );
    await evening.give(
      'order.transfer',
      { order_id: 'north-order', table_no: '3' },
      header(evening),
    );
    const found = await evening.end();
    expect(lost).toBe(true);
    expect(found.get('replica')?.join()).toContain('north-expo north/kitchen: a gap');
  });

  it('I4 finds a delta that leaves out one column', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    tamper(evening.who('waiter-1'), (message) => {
      if (message.type !== 'delta' || message.channel !== 'north/orders') return message;
      const text = JSON.stringify(message).replace('"table_no":"9",', '');
      return JSON.parse(text) as typeof message;
    });
    await evening.give(
      'order.transfer',
      { order_id: 'north-order', table_no: '9' },
      header(evening),
    );
    const found = await evening.end();
    expect(found.get('replica')?.join()).toMatch(/waiter-1 north\/orders.*table_no null for "9"/);
  });

  it('I4 finds a heartbeat that names what never came', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    tamper(evening.who('grill'), (message) =>
      message.type === 'delta' && message.channel === 'north/kitchen/north-grill' ? null : message,
    );
    await evening.give(
      'order.transfer',
      { order_id: 'north-order', table_no: '9' },
      header(evening),
    );
    const found = await evening.end();
    expect(found.get('replica')?.join()).toContain('a heartbeat names');
  });

  it('I4 finds a row that a view goes on showing', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    const records = await collectRecords(evening.restaurant);
    const checker = new ReplicaChecker();
    const north = records.get('north')!;
    // The records say that the kitchen has nothing left to do.
    const orders = north.orders.map((order) => ({
      ...order,
      header: { ...order.header, stations: [] },
      lines: order.lines.map((line) => ({ ...line, status: 'served' })),
    }));
    checker.shows('north/kitchen', { ...north, orders });
    expect(checker.findings().join()).toContain('order_line north-line-1: should not be there');
  });
});

function header(evening: PlantedEvening) {
  const row = evening.who('manager').rows('orders', 'order_header')[0];
  return { expect: { order_header: { 'north-order': row?.version ?? 0 } } };
}

describe('ExactlyOnceChecker', () => {
  async function open() {
    let engine: ReturnType<typeof faultyEngine> | undefined;
    const evening = await PlantedEvening.open((clock) => (engine = faultyEngine(clock)));
    await evening.begin();
    return { evening, store: engine!.store };
  }

  it('I1 finds a payment that was acknowledged and never written', async () => {
    const { evening, store } = await open();
    store.switchOn('lose_write', 1);
    await evening.pay();
    const found = await evening.end();
    expect(found.get('exactly once')?.join()).toContain('is not there');
  });

  it('I1 finds a payment that was written twice', async () => {
    const { evening, store } = await open();
    store.switchOn('apply_twice', 1);
    await evening.pay();
    const found = await evening.end();
    expect(found.get('exactly once')?.join()).toContain('is there, and nobody was told');
  });

  it('I2 finds a key that was forgotten and carried out again', async () => {
    const { evening, store } = await open();
    store.switchOn('forget_keys', 1);
    await evening.repeat(await evening.pay(100));
    const found = await evening.end();
    expect(found.get('exactly once')?.join()).toContain('carried out 2 times');
  });

  it('I2 finds an answer that is another the second time', async () => {
    const { evening } = await open();
    const paid = await evening.pay(100);
    tamper(evening.who('till-1'), (message) =>
      message.type === 'ack' ? { ...message, result: { records: { order_payment: {} } } } : message,
    );
    await evening.repeat(paid);
    const found = await evening.end();
    expect(found.get('exactly once')?.join()).toContain('two answers');
  });

  it('I1 finds a line of which the kitchen was told another number', async () => {
    const { evening } = await open();
    const till = evening.who('till-1').client!;
    const message = till.events.message.bind(till.events);
    till.events.message = (bytes) => {
      message(
        Buffer.from(Buffer.from(bytes).toString('latin1').replace('qty\x02', 'qty\x03'), 'latin1'),
      );
    };
    const lines = [{ line_id: 'north-line-3', item_id: 'north-lager', qty: 2 }];
    await evening.give('order.add_lines', { order_id: 'north-order', lines });
    const found = await evening.end();
    expect(found.get('exactly once')?.join()).toMatch(/north-line-3 is .*"qty":3.*"qty":2/);
  });
});

describe('VersionChecker', () => {
  it('I3 finds a commit whose number is skipped', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    tamper(evening.who('till-1'), (message) =>
      message.type === 'ack' && message.version !== undefined
        ? { ...message, version: message.version + 1 }
        : message,
    );
    await evening.pay();
    const found = await evening.end();
    expect(found.get('versions')?.join()).toMatch(/is commit 6 after 4/);
  });

  it('I5 finds a record whose version jumps', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    tamper(evening.who('till-1'), (message) =>
      message.type === 'ack'
        ? (JSON.parse(
            JSON.stringify(message).replace(/"north-order":(\d+)/, '"north-order":9'),
          ) as typeof message)
        : message,
    );
    await evening.pay();
    const found = await evening.end();
    expect(found.get('versions')?.join()).toContain('wrote version 9 of order_header north-order');
  });

  it('I5 finds a command that succeeded on an old version', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    const till = evening.who('till-1').client!;
    const sendRaw = till.sendRaw.bind(till);
    // The versions that the client names never arrive.
    till.sendRaw = ({ ...message }: { expect?: unknown }) => {
      delete message.expect;
      sendRaw(message);
    };
    const lines = [{ line_id: 'north-line-3', item_id: 'north-lager', qty: 1 }];
    const expectOld = { expect: { order_header: { 'north-order': 1 } } };
    await evening.give('order.add_lines', { order_id: 'north-order', lines }, expectOld);
    const found = await evening.end();
    expect(found.get('versions')?.join()).toContain('succeeded on version 1');
  });
});

/** A store that gives its rows to the next hub with something changed in them. */
function misreading(engine: Engine, misread: (row: LoadedRow) => LoadedRow): Engine {
  const reopen = async (): Promise<Store> => {
    const store = await engine.reopen(true);
    const load = store.load.bind(store);
    store.load = async () =>
      (await load()).map((branch) => ({ ...branch, rows: branch.rows.map(misread) }));
    return store;
  };
  return { ...engine, reopen };
}

describe('MoneyChecker', () => {
  it('I6 finds a total that is a cent too high', async () => {
    const evening = await PlantedEvening.open((clock) =>
      misreading(memoryEngine(clock), (loaded) => {
        if (loaded.table !== 'order_header') return loaded;
        const row = loaded.row as OrderHeader;
        return { ...loaded, row: { ...row, total: row.total + 1 } };
      }),
    );
    await evening.begin();
    const found = await evening.end();
    expect(found.get('money')?.join()).toMatch(
      /order north-order: total is \d+ where \d+ is right/,
    );
  });

  it('I6 finds a payment that is missing from the drawer', async () => {
    const evening = await PlantedEvening.open((clock) =>
      misreading(memoryEngine(clock), (loaded) =>
        loaded.table === 'order_payment'
          ? { ...loaded, row: { ...loaded.row, method: 'card' } as typeof loaded.row }
          : loaded,
      ),
    );
    await evening.begin();
    await evening.pay();
    const found = await evening.end();
    expect(found.get('money')?.join()).toMatch(/expected is 10000 where 1010000 is right/);
    expect(found.get('money')?.join()).toContain('shift totals: paid_cash');
  });
});

describe('IsolationChecker', () => {
  it('I8 finds a client that was let into the wrong branch', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    // Their token was read as one of `north`.
    const stray = await evening.restaurant.hub.client({ role: 'manager', branchId: 'north' });
    await stray.subscribe('orders');
    const checker = new IsolationChecker(await collectRecords(evening.restaurant));
    const { received: messages } = stray;
    checker.heard({ who: 'stray', role: 'manager', branchId: 'south', messages });
    expect(checker.findings().join()).toContain('heard of north-line-1');
    await evening.restaurant.close();
  });

  it('I8 finds prices at a kitchen screen, and a view that it may not follow', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    // Their token was read as a manager's.
    const stray = await evening.restaurant.hub.client({ role: 'manager', branchId: 'north' });
    await stray.subscribe('orders');
    const checker = new IsolationChecker(new Map());
    const { received: messages } = stray;
    checker.heard({ who: 'stray', role: 'kitchen', branchId: 'north', messages });
    const found = checker.findings().join();
    expect(found).toContain('stray: was told unit_price');
    expect(found).toMatch(/total \d{7,} is money/);
    expect(found).toContain('stray, a kitchen, follows north/orders');
    await evening.restaurant.close();
  });

  it('I8 finds a kitchen that took money, and a price hidden in a modifier', async () => {
    const evening = await PlantedEvening.open();
    await evening.begin();
    const expo = evening.who('expo');
    tamper(expo, (message) => {
      if (message.type !== 'error') return message;
      const { id = '', key = '' } = message;
      return { type: 'ack', id, key, version: 5, result: { modifiers: [{ price: 1_000_103 }] } };
    });
    const payload = { order_id: 'north-order', method: 'cash', amount: 1 };
    expo.give({ branchId: 'north', key: 'north-key', name: 'payment.add', payload });
    const found = await evening.end();
    const isolation = found.get('isolation')?.join() ?? '';
    expect(isolation).toContain('north-expo-device, a kitchen, did payment.add');
    expect(isolation).toContain('price 1000103 is money');
  });
});

describe('ChainChecker', () => {
  it('I7 finds one figure changed in the file', async () => {
    const evening = await PlantedEvening.open(sqliteEngine);
    await evening.begin();
    await evening.pay();
    const { restaurant } = evening;
    const close = restaurant.close.bind(restaurant);
    restaurant.close = async () => {
      await close();
      const database = new Database(restaurant.engine.file ?? '');
      database.exec('UPDATE order_header SET total = total + 1');
      database.close();
    };
    const found = await evening.end();
    expect(found.get('chain')?.join()).toMatch(/verify: .*total/);
  });

  it('I7 I1 finds that the last commit is gone with the end of the file', async () => {
    const evening = await PlantedEvening.open(sqliteEngine);
    const { restaurant } = evening;
    await evening.begin();
    const earlier = mkdtempSync(join(tmpdir(), 'earlier-'));
    cpSync(dirname(restaurant.engine.file ?? ''), earlier, { recursive: true });
    await evening.pay();
    expect((await evening.end()).size).toBe(0);
    const checker = new ChainChecker();
    // Two branches were made, and four commands acknowledged.
    await checker.verify(join(earlier, DATABASE_NAME), 6);
    rmSync(earlier, { recursive: true });
    expect(checker.findings()).toEqual(['5 commits are stored, 6 were acknowledged']);
  });
});
