/** The hooks, drawn by Preact in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.js';
import { serveSite, type Site } from './site.js';
import type { door as pageDoor } from './pages/hooks.js';

type Door = typeof pageDoor;
declare const door: Door;

let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), serveSite(['hooks'])]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

/** After the page has drawn. */
async function look(page: Page): Promise<ReturnType<Door['look']>> {
  return page.evaluate(
    () =>
      new Promise<ReturnType<Door['look']>>((resolve) => {
        requestAnimationFrame(() => setTimeout(() => resolve(door.look())));
      }),
  );
}

async function delta(page: Page, statuses: Record<string, string>, version: number): Promise<void> {
  await page.evaluate(
    ([given, at]) => {
      door.delta(given, at);
    },
    [statuses, version] as const,
  );
}

test('C-HOOK-1 a screen draws once per delta, only what it selects, and follows its dependencies', async () => {
  const page = await browser.newPage();
  await page.goto(`${site.url}/hooks`);
  await delta(page, { l1: 'queued', l2: 'queued', l3: 'ready' }, 1);
  await page.evaluate(() => door.draw('l1'));
  expect(await look(page)).toEqual({ text: '2 queued, l1 is queued', renders: 1 });
  await delta(page, { l1: 'ready', l2: 'ready', l3: 'queued' }, 2);
  expect(await look(page)).toEqual({ text: '1 queued, l1 is ready', renders: 2 });
  await delta(page, { l2: 'served' }, 3);
  expect((await look(page)).renders).toBe(2);
  await page.evaluate(() => door.draw('l2'));
  expect((await look(page)).text).toBe('1 queued, l2 is served');
  await page.evaluate(() => door.draw(null));
  const { renders } = await look(page);
  await delta(page, { l2: 'queued' }, 4);
  expect((await look(page)).renders).toBe(renders);
});
