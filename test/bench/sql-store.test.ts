/** What the Store port says of verdicts and reads, on the bench's peer: what is compared must answer alike. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { SqlStore } from '../../bench/peers/sql-store.js';
import type { Opened } from '../store/contract/opened.js';
import { readContract } from '../store/contract/read.js';
import { verdictContract } from '../store/contract/verdict.js';

function openFresh(): Promise<Opened> {
  const directory = mkdtempSync(join(tmpdir(), 'expeditor-bench-test-'));
  const store = new SqlStore(join(directory, 'only.db'));
  const close = async (): Promise<void> => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return Promise.resolve({ store, close });
}

describe('the Store port on SQLite alone', () => {
  verdictContract(openFresh);
  readContract(openFresh);
});
