/** What the writer does between two groups of commits, for archiving and its like. */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ToWriter } from '../../src/store/sqlite/messages.js';
import { openWriter } from '../../src/store/sqlite/database.js';
import { taskHandlers } from '../../src/store/sqlite/tasks/handlers.js';
import { TaskError, type TaskOf } from '../../src/store/sqlite/tasks/task.js';
import { TaskRunner } from '../../src/store/sqlite/tasks/task-runner.js';
import { WaitingTasks } from '../../src/store/sqlite/tasks/waiting-tasks.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { NOON } from '../support/rows.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { committed, seedRequest } from '../support/store.js';

const begin: TaskOf<'segment.begin'> = {
  ...{ name: 'segment.begin', branchId: 'main', segmentId: 's1', kind: 'orders' },
  ...{ shiftId: null, range: null, at: NOON },
};

describe('the runner', () => {
  let directory: ReturnType<typeof freshDirectory>;
  let database: Database.Database;

  beforeEach(async () => {
    directory = freshDirectory();
    const store = await openSqlite(directory.path);
    await committed(store, seedRequest('main'));
    await store.close();
    const path = `${directory.path}/${DATABASE_NAME}`;
    database = openWriter({ path, durability: 'normal', mmapBytes: 0 });
  });

  afterEach(() => {
    database.close();
    directory.remove();
  });

  const runner = () => new TaskRunner(database, 'normal', taskHandlers(database));
  const segments = () => database.prepare('SELECT id, state FROM archive_segment').all();

  test('S-ARC-3 a task is written whole, and one that is refused leaves nothing', () => {
    const tasks = runner();
    expect(tasks.run(begin)).toEqual({ value: null });
    expect(segments()).toEqual([{ id: 's1', state: 'writing' }]);
    expect(tasks.run(begin)).toMatchObject({ error: { fault: 'schema' } });
    expect(database.inTransaction).toBe(false);
    expect(database.pragma('synchronous', { simple: true })).toBe(1);
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(tasks.run({ name: 'segment.undo', branchId: 'main', segmentId: 's1' })).toEqual({
      value: null,
    });
    expect(segments()).toEqual([]);
  });

  test('S-ARC-3 a synced task is on the disk before it is told, whatever the durability', () => {
    const handlers = taskHandlers(database);
    const levels: unknown[] = [];
    const spied = {
      ...handlers['segment.begin'],
      run: () => {
        levels.push(database.pragma('synchronous', { simple: true }));
        return null;
      },
    };
    new TaskRunner(database, 'normal', { ...handlers, 'segment.begin': spied }).run(begin);
    expect(levels).toEqual([2]);
  });

  test('S-ARC-3 after a fault of the disk nobody knows: the runner throws', () => {
    const handlers = taskHandlers(database);
    const broken = {
      ...handlers['segment.begin'],
      run: () => {
        throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
      },
    };
    const tasks = new TaskRunner(database, 'normal', { ...handlers, 'segment.begin': broken });
    expect(() => tasks.run(begin)).toThrow('disk I/O error');
  });
});

describe('the hub’s side', () => {
  function setUp() {
    const posted: ToWriter[] = [];
    const writer = { post: (message: ToWriter) => void posted.push(message) };
    return { tasks: new WaitingTasks(), posted, writer };
  }

  test('S-ARC-4 each task is answered by its own id', async () => {
    const { tasks, posted, writer } = setUp();
    const first = tasks.begin(begin, writer);
    const second = tasks.begin(begin, writer);
    expect(posted).toMatchObject([
      { type: 'task', id: 1, task: begin },
      { type: 'task', id: 2 },
    ]);
    tasks.settle(2, { error: { fault: 'full', reason: 'no space' } });
    tasks.settle(1, { value: null });
    await expect(first).resolves.toBeNull();
    await expect(second).rejects.toEqual(new TaskError('segment.begin', 'full', 'no space'));
    expect(tasks.stats()).toEqual({ tasks_total: 2, tasks_waiting: 0 });
  });

  test('S-ARC-4 without a writer a task is refused, and with one that fails it is unknown', async () => {
    const { tasks, writer } = setUp();
    await expect(tasks.begin(begin, null)).rejects.toMatchObject({ kind: 'closed' });
    const lost = tasks.begin(begin, writer);
    tasks.lose('EIO');
    await expect(lost).rejects.toMatchObject({ kind: 'unknown', message: 'segment.begin: EIO' });
  });

  test('S-ARC-4 I9 more than a hundred at once are refused', async () => {
    const { tasks, writer } = setUp();
    for (let index = 0; index < 100; index += 1) void tasks.begin(begin, writer).catch(() => null);
    await expect(tasks.begin(begin, writer)).rejects.toMatchObject({ kind: 'busy' });
    tasks.lose('over');
  });
});
