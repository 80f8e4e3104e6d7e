/** A page that holds a storage, runs its contract, and waits for the lead. */
import { systemClock, systemTimers } from '../../../src/base/clock.js';
import { uuidV7Source } from '../../../src/base/ids.js';
import {
  indexedDbStorage,
  pageLeadership,
  type ClientStorage,
  type StorageFailed,
} from '../../../src/client/index.js';
import {
  sharedStorageContract,
  storageContract,
  type DeclareTest,
  type StoragePlace,
} from '../../client/storage/contract.js';

const contract = new Map<string, (place: StoragePlace) => Promise<void>>();
const declare: DeclareTest = (title, run) => contract.set(title, run);
storageContract(declare);
sharedStorageContract(declare);

let storage: ClientStorage;
let told = 0;
let leads = false;

/** What the tests call in the page. */
export const door = {
  async contract(title: string): Promise<void> {
    await contract.get(title)?.({ open: () => indexedDbStorage(title) });
  },
  async open(name: string): Promise<void> {
    storage = await indexedDbStorage(name);
    storage.onForeignWrite('queue', () => {
      told += 1;
    });
  },
  append: (value: unknown) => storage.append('queue', value),
  values: async () => (await storage.entries('queue')).map(({ value }) => value),
  toldOfOthers: () => told,
  waitForLead(name: string): void {
    const parts = { storage, timers: systemTimers, newId: uuidV7Source(systemClock) };
    pageLeadership(parts)(name, () => {
      leads = true;
    });
  },
  leads: () => leads,
  async failure(work: Promise<unknown>): Promise<string> {
    try {
      await work;
      return 'none';
    } catch (error) {
      return (error as StorageFailed).code;
    }
  },
};

Object.assign(globalThis, { door });
