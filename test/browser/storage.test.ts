/** What a client keeps, and who leads, in the pages of a real browser. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  sharedStorageContract,
  storageContract,
  type DeclareTest,
} from '../client/storage/contract.js';
import { launchBrowser } from './browser.js';
import { serveSite, type Site } from './site.js';
import type { door as pageDoor } from './pages/storage.js';

type Door = typeof pageDoor;
declare const door: Door;

let browser: Browser;
let site: Site;
let tabs: BrowserContext;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), serveSite(['storage'])]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

beforeEach(async () => {
  tabs = await browser.newContext();
});

afterEach(async () => {
  await tabs.close();
});

async function tab(name: string, origin = site.url): Promise<Page> {
  const page = await tabs.newPage();
  await page.goto(`${origin}/storage`);
  await page.evaluate((given) => door.open(given), name);
  return page;
}

const values = (page: Page): Promise<unknown[]> => page.evaluate(() => door.values());
const append = (page: Page, value: unknown): Promise<string> =>
  page.evaluate((given) => door.append(given), value);
const waitForLead = (page: Page): Promise<void> =>
  page.evaluate(() => {
    door.waitForLead('queue');
  });
const leads = (page: Page): Promise<boolean> => page.evaluate(() => door.leads());

describe('C-BR-1 the contract of every storage', () => {
  let page: Page;

  beforeAll(async () => {
    page = await browser.newPage();
    await page.goto(`${site.url}/storage`);
  });

  const inPage: DeclareTest = (title) => {
    test(title, () => page.evaluate((given) => door.contract(given), title));
  };
  storageContract(inPage);
  sharedStorageContract(inPage);
});

test('C-BR-1 a reload keeps what was stored', async () => {
  const page = await tab('till');
  await append(page, 'before');
  await page.reload();
  await page.evaluate(() => door.open('till'));
  await append(page, 'after');
  expect(await values(page)).toEqual(['before', 'after']);
});

test('C-BR-2 two tabs share one storage and hear of each other’s writes', async () => {
  const [one, other] = [await tab('till'), await tab('till')];
  await append(one, 'of one');
  await append(other, 'of the other');
  await one.waitForFunction(() => door.toldOfOthers() === 1);
  await other.waitForFunction(() => door.toldOfOthers() === 1);
  expect(await values(one)).toEqual(['of one', 'of the other']);
  expect(await values(other)).toEqual(await values(one));
});

test('C-BR-3 what had resolved outlives a crash of the page', async () => {
  const page = await tab('till');
  for (let sale = 0; sale < 20; sale += 1) await append(page, sale);
  const crashed = page.waitForEvent('crash');
  page.goto('chrome://crash').catch(() => undefined);
  await crashed;
  const next = await tab('till');
  expect(await values(next)).toEqual(Array.from({ length: 20 }, (_, sale) => sale));
});

/** The other page leads when the first is closed, and not before. */
async function expectLeadPassedOn(one: Page, other: Page): Promise<void> {
  await waitForLead(one);
  await one.waitForFunction(() => door.leads());
  await waitForLead(other);
  await append(other, 'a round trip');
  expect(await leads(other)).toBe(false);
  await one.close();
  await other.waitForFunction(() => door.leads());
}

test('C-BR-4 the lead passes on when the page that has it closes', async () => {
  const [one, other] = [await tab('till'), await tab('till')];
  await expectLeadPassedOn(one, other);
});

test('C-BR-5 without a secure context storage works, and the lead passes on when its lease lapses', async () => {
  const [one, other] = [await tab('till', site.lanUrl), await tab('till', site.lanUrl)];
  expect(await one.evaluate('isSecureContext')).toBe(false);
  await append(one, 1);
  expect(await values(other)).toEqual([1]);
  await expectLeadPassedOn(one, other);
});

test('C-BR-6 a newer version takes the storage over, and the older page says so', async () => {
  const page = await tab('till');
  await append(page, 1);
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = (globalThis as unknown as Raw).indexedDB.open('till', 99);
        opening.onsuccess = () => {
          opening.result.close();
          resolve();
        };
        opening.onerror = () => {
          reject(new Error('not opened'));
        };
      }),
  );
  expect(await page.evaluate(() => door.failure(door.append(2)))).toBe('outdated');
  expect(await page.evaluate(() => door.failure(door.open('till')))).toBe('outdated');
});

interface Raw {
  readonly indexedDB: { open(name: string, version: number): RawOpening };
}

interface RawOpening {
  readonly result: { close(): void };
  onsuccess: () => void;
  onerror: () => void;
}
