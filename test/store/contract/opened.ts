/** An engine under the contract suite: how it is opened anew, opened again and put away. */
import type { LoadedBranch, Store } from '../../../src/store/port.js';
import { committed, seedRequest, shiftRequest } from '../../support/store.js';

export interface Opened {
  readonly store: Store;
  /** Closes the store and opens the same data again; absent where nothing outlives a close. */
  readonly reopen?: () => Promise<Store>;
  /** Closes whatever is open and removes the data. */
  readonly close: () => Promise<void>;
}

/** Opens an engine without any data. */
export type OpenFresh = () => Promise<Opened>;

/** Opens, loads, seeds these branches with an open shift each (versions 1 and 2), runs the test and puts all away. */
export async function withStore(
  openFresh: OpenFresh,
  branches: readonly string[],
  test: (opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await openFresh();
  try {
    await opened.store.load();
    for (const branchId of branches) {
      await committed(opened.store, seedRequest(branchId));
      await committed(opened.store, shiftRequest(branchId));
    }
    await test(opened);
  } finally {
    await opened.close();
  }
}

/** What a start would load now: of the store opened again, or where it cannot be, of the same one. */
export async function loadedNow(opened: Opened): Promise<readonly LoadedBranch[]> {
  const store = opened.reopen === undefined ? opened.store : await opened.reopen();
  return store.load();
}

/** One branch of what a start would load now. */
export async function branchNow(opened: Opened, branchId: string): Promise<LoadedBranch> {
  const branch = (await loadedNow(opened)).find((loaded) => loaded.branch.id === branchId);
  if (branch === undefined) throw new Error(`${branchId} is not loaded`);
  return branch;
}
