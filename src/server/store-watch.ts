/** Listens to what the store says of its disk, for readiness and for metrics. */
import type { Clock } from '../base/clock.js';
import type { Store, StoreStatus } from '../store/port.js';

const STATES: readonly StoreStatus['state'][] = ['ready', 'recovering', 'full'];

export class StoreWatch {
  readonly #store: Store;
  #status: StoreStatus = { state: 'ready' };
  /** UTC epoch milliseconds; 0: none since the start. */
  #ioErrorAt = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    store.onStatus((status) => {
      this.#status = status;
      if (status.state === 'recovering') this.#ioErrorAt = clock.now();
    });
  }

  get status(): StoreStatus {
    return this.#status;
  }

  /** The store's own figures, its state and when it last met an I/O error. */
  stats(): Readonly<Record<string, number>> {
    const states = STATES.map((state) => [
      `state{state="${state}"}`,
      state === this.#status.state ? 1 : 0,
    ]);
    return {
      ...this.#store.stats(),
      ...(Object.fromEntries(states) as Readonly<Record<string, number>>),
      last_io_error_timestamp_seconds: this.#ioErrorAt / 1_000,
    };
  }
}
