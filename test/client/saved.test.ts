import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLog, type Log } from '../../src/base/log.js';
import type { Replica } from '../../src/client/index.js';
import { MemoryDisk, memoryStorage } from '../../src/client/storage/memory.js';
import { StorageFailed, type ClientStorage } from '../../src/client/storage/storage.js';
import type { Changes } from '../../src/protocol/messages.js';
import { scene, settle, type Scene } from './support.js';

const CHANNEL = 'main/kitchen';
const SPACE = `channel:${CHANNEL}`;
const ROWS = [
  { id: 'l1', version: 1 },
  { id: 'l2', version: 1 },
];

interface Screen extends Scene {
  readonly replica: Replica;
  change(changes: Changes): void;
  /** Seconds with a heartbeat in each. */
  seconds(count: number): Promise<void>;
}

/** A client on this storage that follows the kitchen; not connected yet. */
function screen(storage: ClientStorage, log: Log = silentLog): Screen {
  const stage = scene({ storage, log });
  const replica = stage.client.subscribe(CHANNEL);
  const change = (changes: Changes): void => {
    const { version } = replica;
    const head = { type: 'delta', channel: CHANNEL } as const;
    stage.connection().say({ ...head, baseVersion: version, newVersion: version + 1, changes });
  };
  const seconds = async (count: number): Promise<void> => {
    for (let second = 0; second < count; second += 1) {
      stage.clock.advance(1_000);
      stage.timers.advance(1_000);
      stage.connection().say({ type: 'heartbeat', serverTime: 0, versions: {} });
      await settle();
    }
  };
  return { ...stage, replica, change, seconds };
}

/** The same, connected, with version 5. */
async function following(storage: ClientStorage): Promise<Screen> {
  const stage = screen(storage);
  await settle();
  stage.connection().welcome();
  stage.connection().snapshot(5, ROWS);
  return stage;
}

/** A disk on which version 5 of the kitchen was left by a cashier. */
async function savedDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const { client } = await following(memoryStorage(disk));
  client.close();
  await settle();
  return disk;
}

function ids(replica: Replica): string[] {
  return [...replica.table('order_line').keys()];
}

function savedKeys(disk: MemoryDisk): string[] {
  return [...disk.space(SPACE).keys()].filter((key) => key !== 'writer').sort();
}

/** Counts what is written of the channel, by key. */
function counted(disk: MemoryDisk): { storage: ClientStorage; writes: string[][] } {
  const storage = memoryStorage(disk);
  const writes: string[][] = [];
  const write: ClientStorage['write'] = (space, changes) => {
    if (space === SPACE) writes.push([...changes.keys()]);
    return storage.write(space, changes);
  };
  return {
    storage: Object.assign(Object.create(storage) as ClientStorage, bound(storage), { write }),
    writes,
  };
}

function bound(storage: ClientStorage): ClientStorage {
  return {
    sharedAs: storage.sharedAs,
    entries: (space) => storage.entries(space),
    append: (space, value) => storage.append(space, value),
    update: (space, key, change) => storage.update(space, key, change),
    write: (space, changes) => storage.write(space, changes),
    onForeignWrite: (space, listener) => storage.onForeignWrite(space, listener),
    close: () => storage.close(),
  };
}

describe('a saved replica', () => {
  it('C-SAVE-1 after a reload it shows what it showed, stale, and asks for what is newer', async () => {
    const { replica, connection } = screen(memoryStorage(await savedDisk()));
    let isReady = false;
    void replica.ready.then(() => (isReady = true));
    await expect(replica.restored).resolves.toBe(true);
    expect(ids(replica)).toEqual(['l1', 'l2']);
    expect(replica).toMatchObject({ state: 'stale', version: 5 });
    connection().welcome();
    expect(connection().last('subscribe').since).toEqual({ epoch: 'e1', version: 5 });
    await settle();
    expect(isReady).toBe(false);
    connection().say({
      type: 'snapshot:delta',
      id: connection().last('subscribe').id,
      channel: CHANNEL,
      epoch: 'e1',
      baseVersion: 5,
      newVersion: 5,
      serverTime: 0,
      changes: {},
    });
    await settle();
    expect(isReady).toBe(true);
    expect(replica.state).toBe('live');
  });

  it('C-SAVE-2 every two seconds at most, what changed and how far it reaches are written at once', async () => {
    const { storage, writes } = counted(new MemoryDisk());
    const stage = await following(storage);
    await stage.seconds(3);
    expect(writes).toEqual([['order_line/l1', 'order_line/l2', 'head']]);
    stage.change({ order_line: { inserted: [{ id: 'l3', version: 1 }] } });
    stage.change({ order_line: { inserted: [{ id: 'l3', version: 2 }], deleted: ['l1'] } });
    await stage.seconds(1);
    expect(writes).toHaveLength(1);
    await stage.seconds(1);
    stage.change({});
    await stage.seconds(10);
    expect(writes.slice(1)).toEqual([['order_line/l3', 'order_line/l1', 'head'], ['head']]);
  });

  it('C-SAVE-2 who takes up what it saved before goes on writing only what changes', async () => {
    const disk = await savedDisk();
    const { storage, writes } = counted(disk);
    const stage = screen(storage);
    await stage.replica.restored;
    stage.connection().welcome();
    stage.connection().snapshot(7, ROWS.slice(0, 1));
    await stage.seconds(20);
    stage.change({ order_line: { inserted: [{ id: 'l3', version: 1 }] } });
    await stage.seconds(3);
    expect(writes.at(-1)).toEqual(['order_line/l3', 'head']);
    expect(savedKeys(disk)).toEqual(['head', 'order_line/l1', 'order_line/l3']);
  });

  it('C-SAVE-3 a lost connection saves at once', async () => {
    const disk = new MemoryDisk();
    const { connection } = await following(memoryStorage(disk));
    expect(savedKeys(disk)).toEqual([]);
    connection().cut();
    await settle();
    expect(savedKeys(disk)).toEqual(['head', 'order_line/l1', 'order_line/l2']);
  });

  it('C-SAVE-4 what was shown to another role goes at the welcome, and is not asked on from', async () => {
    const { replica, connection } = screen(memoryStorage(await savedDisk()));
    await replica.restored;
    const told: (string | undefined)[] = [];
    replica.onRows((changes) => {
      for (const { id, after } of changes) told.push(after === null ? id : undefined);
    });
    connection().welcome({ role: 'kitchen' });
    expect(ids(replica)).toEqual([]);
    expect(told).toEqual(['l1', 'l2']);
    expect(replica).toMatchObject({ version: 0, state: 'stale' });
    expect(connection().last('subscribe')).not.toHaveProperty('since');
  });

  it('C-SAVE-4 nor is it shown when the welcome came before it was read', async () => {
    const stage = scene({ storage: memoryStorage(await savedDisk()) });
    stage.connection().welcome({ role: 'kitchen' });
    const replica = stage.client.subscribe(CHANNEL);
    await expect(replica.restored).resolves.toBe(false);
    expect(ids(replica)).toEqual([]);
    expect(stage.connection().last('subscribe')).not.toHaveProperty('since');
  });

  it('C-SAVE-5 of a channel that the hub refuses nothing is shown, and nothing stays on the disk', async () => {
    const disk = await savedDisk();
    const { replica, connection } = screen(memoryStorage(disk));
    await replica.restored;
    connection().welcome();
    connection().say({
      type: 'error',
      id: connection().last('subscribe').id,
      code: 'forbidden',
      status: 403,
      message: 'not yours',
      retryable: false,
    });
    expect(ids(replica)).toEqual([]);
    await settle();
    expect([...disk.space(SPACE).keys(), ...disk.space('channels').keys()]).toEqual([]);
  });

  it('C-SAVE-6 a hub that begins anew is believed, and the disk follows', async () => {
    const disk = await savedDisk();
    const stage = screen(memoryStorage(disk));
    await stage.replica.restored;
    stage.connection().welcome();
    stage.connection().snapshot(2, [{ id: 'other', version: 1 }], 'e2');
    expect(stage.replica).toMatchObject({ state: 'live', version: 2 });
    await stage.seconds(20);
    stage.change({ order_line: { inserted: [{ id: 'l9', version: 1 }] } });
    await stage.seconds(3);
    expect(savedKeys(disk)).toEqual(['head', 'order_line/l9', 'order_line/other']);
    expect(JSON.parse(disk.space(SPACE).get('head') ?? '')).toMatchObject({
      epoch: 'e2',
      version: 3,
      identity: { branch_id: 'main', role: 'cashier' },
    });
  });

  it.each(['entries', 'update', 'write'] as const)(
    'C-SAVE-7 a storage whose %s fails is said once and harms nothing',
    async (broken) => {
      const warnings: string[] = [];
      const log: Log = { ...silentLog, warn: (_fields, message) => void warnings.push(message) };
      const fail = (): Promise<never> => Promise.reject(new StorageFailed('full', 'no room'));
      const storage = { ...bound(memoryStorage()), [broken]: fail };
      const stage = screen(storage, log);
      await expect(stage.replica.restored).resolves.toBe(false);
      stage.connection().welcome();
      stage.connection().snapshot(5, ROWS);
      await stage.seconds(3);
      stage.change({ order_line: { deleted: ['l1'] } });
      await stage.seconds(5);
      expect(ids(stage.replica)).toEqual(['l2']);
      expect(stage.replica.state).toBe('live');
      expect(warnings).toEqual(['what this client follows is not saved on this device']);
    },
  );

  it('C-SAVE-7 a storage that does not answer is waited for two seconds', async () => {
    const hang = (): Promise<never> => new Promise(() => undefined);
    const stage = screen({ ...bound(memoryStorage()), entries: hang });
    stage.connection().welcome();
    await stage.seconds(1);
    expect(stage.connection().all('subscribe')).toEqual([]);
    await stage.seconds(1);
    expect(stage.connection().last('subscribe')).not.toHaveProperty('since');
    await expect(stage.replica.restored).resolves.toBe(false);
  });

  it('C-SAVE-8 with two clients the disk is right after each write, whoever is ahead', async () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('commit' as const), id, gone: fc.boolean() }),
      fc.record({ do: fc.constant('deliver' as const), to: fc.constantFrom(0, 1) }),
      fc.record({
        do: fc.constant('wait' as const),
        to: fc.constantFrom(0, 1),
        seconds: fc.constantFrom(2, 17),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const disk = new MemoryDisk();
        const screens = [
          await following(memoryStorage(disk)),
          await following(memoryStorage(disk)),
        ];
        /** By id, the version that last wrote it, and the row. */
        const truth = new Map<string, { at: number; row: (typeof ROWS)[number] | null }>();
        for (const row of ROWS) truth.set(row.id, { at: 5, row });
        const commits: Changes[] = [];
        for (const next of steps) {
          if (next.do === 'commit') {
            const version = 6 + commits.length;
            const row = next.gone ? null : { id: next.id, version };
            truth.set(next.id, { at: version, row });
            commits.push({
              order_line: row === null ? { deleted: [next.id] } : { inserted: [row] },
            });
          } else if (next.do === 'deliver') {
            const target = screens[next.to];
            for (const commit of commits.slice((target?.replica.version ?? 0) - 5)) {
              target?.change(commit);
            }
          } else {
            // One device, one clock.
            for (const { clock } of screens.filter((_, at) => at !== next.to)) {
              clock.advance(next.seconds * 1_000);
            }
            await screens[next.to]?.seconds(next.seconds);
          }
          await settle();
          const saved = disk.space(SPACE);
          const head = saved.get('head');
          if (head === undefined) continue;
          const { version } = JSON.parse(head) as { version: number };
          for (const [rowId, { at, row }] of truth) {
            if (at > version) continue;
            const text = saved.get(`order_line/${rowId}`);
            expect(text === undefined ? null : JSON.parse(text)).toEqual(row);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('C-SAVE-8 who was overtaken by a client that is behind writes everything when it takes over', async () => {
    const disk = new MemoryDisk();
    const ahead = await following(memoryStorage(disk));
    const behind = await following(memoryStorage(disk));
    ahead.change({ order_line: { inserted: [{ id: 'l1', version: 6 }] } });
    await ahead.seconds(3);
    behind.clock.advance(20_000);
    await behind.seconds(20);
    expect(disk.space(SPACE).get('order_line/l1')).toBe('{"id":"l1","version":1}');
    ahead.clock.advance(40_000);
    ahead.change({ order_line: { inserted: [{ id: 'l3', version: 7 }] } });
    await ahead.seconds(3);
    expect(savedKeys(disk)).toHaveLength(4);
    expect(disk.space(SPACE).get('order_line/l1')).toBe('{"id":"l1","version":6}');
  });

  it('C-SAVE-9 what nobody has followed for a week is removed', async () => {
    const disk = await savedDisk();
    const other = scene({ storage: memoryStorage(disk) });
    await settle();
    expect(savedKeys(disk)).toHaveLength(3);
    other.client.close();
    const storage = memoryStorage(disk);
    await storage.write('channels', new Map([[CHANNEL, 900_000 - 7 * 24 * 3_600_000 - 1]]));
    scene({ storage });
    await settle();
    expect([...disk.space(SPACE).keys(), ...disk.space('channels').keys()]).toEqual([]);
  });

  it('C-SAVE-10 of a channel with more than 20,000 rows nothing is kept', async () => {
    const disk = await savedDisk();
    const stage = screen(memoryStorage(disk));
    await stage.replica.restored;
    stage.connection().welcome();
    const many = Array.from({ length: 20_001 }, (_, at) => ({ id: `r${String(at)}`, version: 1 }));
    stage.connection().snapshot(7, many);
    await stage.seconds(20);
    stage.change({ order_line: { deleted: ['r0', 'r1'] } });
    await stage.seconds(1);
    expect(savedKeys(disk)).toEqual([]);
    await stage.seconds(2);
    expect(savedKeys(disk)).toHaveLength(20_000);
  });
});
