/** The storage in memory. */
import { test } from 'vitest';
import { memoryStorage, MemoryDisk } from '../../../src/client/storage/memory.js';
import { sharedStorageContract, storageContract, type DeclareTest } from './contract.js';

const onMemory: DeclareTest = (title, run) => {
  test(title, async () => {
    const disk = new MemoryDisk();
    await run({ open: async () => memoryStorage(disk) });
  });
};

storageContract(onMemory);
sharedStorageContract(onMemory);
