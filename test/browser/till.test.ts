/** A till in real tabs of a real browser, with a real hub. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../src/client/index.js';
import { freePort, HubProcess } from '../support/hub-process.js';
import { launchBrowser } from './browser.js';
import { serveSite, type Site } from './site.js';
import type { door as pageDoor } from './pages/till.js';

type Door = typeof pageDoor;
declare const door: Door;

/** Two of the demo's lentil soups. */
const TOTAL = 1_100;
/** A channel's last state is on the disk by then, in milliseconds. */
const SAVED_MS = 3_000;

let browser: Browser;
let site: Site;
let tabs: BrowserContext;
let directory: string;
let hub: HubProcess;
let witness: Client;
let token: string;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), serveSite(['till'])]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-tabs-'));
  const flags = ['--demo', '--allowed-origins', `${site.url},${site.lanUrl}`];
  hub = await HubProcess.start({ directory, port: await freePort(), flags });
  witness = hub.client({ role: 'manager' });
  await openShift();
  token = hub.token({ role: 'cashier', device: 'till-1' });
  tabs = await browser.newContext();
});

afterEach(async () => {
  await tabs.close();
  witness.close();
  await hub.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The demo may have opened one. */
async function openShift(): Promise<void> {
  const shift = witness.subscribe('main/shift');
  await shift.ready;
  if (shift.table('pos_shift').size === 0) {
    await witness.command('shift.open', { opening_float: 10_000 });
  }
}

async function openTab(origin = site.url): Promise<Page> {
  const page = await tabs.newPage();
  await page.goto(`${origin}/till`);
  await page.evaluate(([url, given]) => door.open(url, given), [hub.url, token] as const);
  return page;
}

async function live(page: Page): Promise<void> {
  await page.waitForFunction(() => door.isReady());
}

async function sold(): Promise<unknown[]> {
  const { orders } = await witness.query('order.list', { status: 'closed' });
  return orders
    .toSorted((one, other) => one.number - other.number)
    .map(({ number, total, paid }) => [number, total, paid]);
}

for (const [where, origin] of [
  ['with Web Locks', () => site.url],
  ['on plain http in the house, where there are none', () => site.lanUrl],
] as const) {
  test(`C-BR-7 two tabs share one queue ${where}: one sends, and the other goes on when it is closed`, async () => {
    const first = await openTab(origin());
    await live(first);
    const second = await openTab(origin());
    await live(second);
    await tabs.setOffline(true);
    const numbers = [
      await first.evaluate(() => door.sell()),
      await second.evaluate(() => door.sell()),
      await first.evaluate(() => door.sell()),
    ];
    expect(new Set(numbers).size).toBe(3);
    for (const page of [first, second]) {
      await page.waitForFunction(() => door.queued() === 12);
      const shown = await page.evaluate(() => door.orders());
      expect(shown).toEqual(numbers.toSorted().map((number) => [number, 'closed', TOTAL, true]));
    }
    await first.close();
    await tabs.setOffline(false);
    await second.waitForFunction(() => door.queued() === 0, null, { timeout: 60_000 });
    expect(await sold()).toEqual(numbers.toSorted().map((number) => [number, TOTAL, TOTAL]));
    await second.waitForFunction(() => door.orders().every(([, , , pending]) => pending === false));
  });
}

test('C-BR-8 a tab that is reloaded without its hub shows its last state at once, marked stale, and what it had queued', async () => {
  const page = await openTab();
  await live(page);
  const before = await page.evaluate(() => door.sell());
  await page.waitForFunction(() => door.queued() === 0);
  await page.waitForTimeout(SAVED_MS);
  await tabs.setOffline(true);
  const offline = await page.evaluate(() => door.sell());
  await tabs.setOffline(false);
  await hub.kill();
  await page.reload();
  await page.evaluate(([url, given]) => door.open(url, given), [hub.url, token] as const);
  expect(await page.evaluate(() => door.restored())).toBe(true);
  expect(await page.evaluate(() => door.channel())).toBe('stale');
  await page.waitForFunction(() => door.orders().length === 2);
  expect(await page.evaluate(() => door.orders())).toEqual([
    [before, 'closed', TOTAL, false],
    [offline, 'closed', TOTAL, true],
  ]);
});
