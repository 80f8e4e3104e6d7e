/** Durability as the kernel sees it: the hub's own system calls, traced. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, HubProcess } from '../support/hub-process.js';
import {
  judgeDurability,
  traceEnded,
  TRACE_FLAGS,
  type DurabilityVerdict,
} from '../support/syscalls.js';

const CONCURRENT = 64;

let root: string;

beforeEach(() => {
  // A missing strace fails here, loudly: CI installs it.
  execFileSync('strace', ['--version']);
  root = mkdtempSync(join(tmpdir(), 'durability-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Traced {
  readonly verdict: DurabilityVerdict;
  readonly commands: number;
}

/** One by one, then 64 at once, with a JSON screen that follows along. */
async function traceTraffic(durability: 'full' | 'normal'): Promise<Traced> {
  const trace = join(root, 'trace');
  const hub = await HubProcess.start({
    directory: join(root, 'data'),
    port: await freePort(),
    flags: ['--durability', durability],
    under: ['strace', ...TRACE_FLAGS, '-o', trace],
  });
  const versionOf = new Map<string, number>();
  try {
    const till = hub.client({ role: 'manager', encoding: 'json' });
    const screen = hub.client({ role: 'cashier', encoding: 'json' });
    await screen.subscribe('main/orders').ready;
    const give = async (
      key: string,
      name: 'shift.open' | 'menu.put_item' | 'order.open',
      payload: object,
    ): Promise<void> => {
      const expectation = name === 'menu.put_item' ? { expect: { menu_item: { burger: 0 } } } : {};
      const answer = await till.command(name, payload as never, { key, ...expectation });
      versionOf.set(key, answer.version);
    };
    await give('KEY-shift-open-0', 'shift.open', { opening_float: 0 });
    await give('KEY-menu-0', 'menu.put_item', { id: 'burger', name: 'Burger', price: 900 });
    const order = { order_type: 'takeaway', lines: [{ item_id: 'burger', qty: 1 }] };
    for (let index = 0; index < 10; index += 1) {
      await give(`KEY-single-${String(index)}-`, 'order.open', order);
    }
    await Promise.all(
      Array.from({ length: CONCURRENT }, (_, index) =>
        give(`KEY-group-${String(index)}-`, 'order.open', order),
      ),
    );
    till.close();
    screen.close();
  } finally {
    await hub.stop();
  }
  await traceEnded(trace, hub.pid);
  return { verdict: judgeDurability(trace, versionOf), commands: versionOf.size };
}

describe('what leaves the hub', () => {
  it('I1 no acknowledgement and no delta leaves before the fsync that covers it; 64 at once share commits', async () => {
    const { verdict, commands } = await traceTraffic('full');
    expect(verdict.early).toEqual([]);
    expect(verdict.acknowledgements).toBe(commands);
    expect(verdict.deltas).toBeGreaterThan(10);
    // 12 single commands need one each; 64 at once share what one a command would need 64 for.
    expect(verdict.fsyncs).toBeGreaterThanOrEqual(12);
    expect(verdict.fsyncs).toBeLessThan(12 + CONCURRENT / 2);
  });

  it('I1 the check finds a hub that does not wait for the disk', async () => {
    const { verdict } = await traceTraffic('normal');
    expect(verdict.early.length).toBeGreaterThan(0);
  });
});
