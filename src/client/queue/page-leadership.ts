/** Which of the pages of a browser that share a storage leads. */
import type { Leadership } from './leadership.js';
import { storageLeadership, type LeaseParts } from './storage-lease.js';

/** As much of the Web Locks API as is used here. */
interface Locks {
  request(
    name: string,
    options: { readonly signal: object },
    held: () => Promise<void>,
  ): Promise<unknown>;
}

/** undefined: none here. Browsers have them in secure contexts only: https, or http on localhost. */
function webLocks(): Locks | undefined {
  const { navigator } = globalThis as unknown as {
    readonly navigator?: { readonly locks?: Locks };
  };
  return navigator?.locks;
}

/** The browser passes the lead on when a page ends or crashes, at once. */
function webLocksLeadership(locks: Locks): Leadership {
  return (name, lead) => {
    const waiting = new AbortController();
    let release: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = (): Promise<void> => {
      lead();
      return cancelled;
    };
    // It rejects where the wait was cancelled, and where the page is gone: nobody is left to lead.
    locks.request(`expeditor ${name}`, { signal: waiting.signal }, held).catch(() => undefined);
    return () => {
      waiting.abort();
      release();
    };
  };
}

/** For the pages of a browser that share a storage: by Web Locks, and where there are none by a lease in the storage. */
export function pageLeadership(parts: LeaseParts): Leadership {
  const locks = webLocks();
  return locks === undefined ? storageLeadership(parts) : webLocksLeadership(locks);
}
