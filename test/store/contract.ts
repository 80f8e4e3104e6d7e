/** The contract of the Store port as one suite: every engine runs it and must pass all of it. */
import { describe } from 'vitest';
import { commitContract } from './contract/commit.js';
import { historyContract } from './contract/history.js';
import { loadContract } from './contract/load.js';
import type { OpenFresh } from './contract/opened.js';
import { outsideContract } from './contract/outside.js';
import { readContract } from './contract/read.js';
import { reportContract } from './contract/reports.js';
import { secretContract } from './contract/secrets.js';
import { verdictContract } from './contract/verdict.js';

export function describeStore(name: string, openFresh: OpenFresh): void {
  describe(`the Store port on ${name}`, () => {
    commitContract(openFresh);
    verdictContract(openFresh);
    loadContract(openFresh);
    readContract(openFresh);
    secretContract(openFresh);
    outsideContract(openFresh);
    historyContract(openFresh);
    reportContract(openFresh);
  });
}
