/** Hears that another program wrote to the data, and has every branch look, one after the other. */
import type { Cancel } from '../../base/clock.js';
import type { ColdCache } from '../../store/cold-cache.js';
import type { Store, StoreStatus } from '../../store/port.js';
import type { HubBranch } from '../hub-branch.js';

export interface OutsideWatcherOptions {
  readonly store: Store;
  readonly cache: ColdCache;
  readonly branches: ReadonlyMap<string, HubBranch>;
}

export class OutsideWatcher {
  readonly #options: OutsideWatcherOptions;
  #running = false;
  #again = false;
  #lastState: StoreStatus['state'] = 'ready';

  constructor(options: OutsideWatcherOptions) {
    this.#options = options;
  }

  /** Gives how to stop. */
  start(): Cancel {
    const { store } = this.#options;
    const cancels = [
      store.onOutsideChange(() => {
        this.#changed();
      }),
      store.onStatus(({ state }) => {
        // What could not be taken over while nothing was written is looked at once more.
        if (state === 'ready' && this.#lastState !== 'ready') this.#changed();
        this.#lastState = state;
      }),
    ];
    return () => {
      for (const cancel of cancels) cancel();
    };
  }

  #changed(): void {
    const { cache, branches } = this.#options;
    cache.clear();
    for (const { consistency } of branches.values()) consistency.outside.mark();
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    void this.#lookAll().finally(() => {
      this.#running = false;
    });
  }

  async #lookAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      for (const { consistency } of this.#options.branches.values()) {
        await consistency.outside.lookIfDue();
      }
    }
  }
}
