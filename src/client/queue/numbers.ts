/**
 * Order numbers leased to this device, so that an order opened while offline bears its own at once. A number is taken on the
 * disk before it is given, so no two orders, tabs or lives of this client ever get the same; what a shift leaves over is
 * discarded with it.
 */
import type { Cancel } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Log } from '../../base/log.js';
import type { CommandAnswer } from '../requests/commands.js';
import { CommandRefused } from '../requests/errors.js';
import type { ClientStorage } from '../storage/storage.js';

const SPACE = 'numbers';
const KEY = 'pool';

interface Range {
  readonly next: number;
  readonly last: number;
}

interface Pool {
  /** The shift whose numbers these are. */
  readonly shiftId: string;
  readonly ranges: readonly Range[];
  /** Stored before it is sent: after a lost answer the same key gives the same range. */
  readonly request: { readonly key: string; readonly count: number } | null;
}

export interface NumbersParts {
  readonly storage: ClientStorage;
  /** Kept ready; 1 to 200. */
  readonly keep: number;
  /** The open shift; null: none is open, or it is not known. */
  readonly shiftId: () => string | null;
  readonly isLive: () => boolean;
  /** `numbers.lease`; rejects as a command does. */
  readonly lease: (key: string, count: number) => Promise<CommandAnswer>;
  readonly newId: NewId;
  readonly log: Log;
}

export class Numbers {
  readonly #parts: NumbersParts;
  readonly #forget: Cancel;
  #pool: Pool | null = null;
  #refilling = false;
  /** This role may not lease: it does without until somebody else signs in. */
  #forbidden = false;

  constructor(parts: NumbersParts) {
    this.#parts = parts;
    this.#forget = parts.storage.onForeignWrite(SPACE, () => {
      void this.#read();
    });
    void this.#read();
  }

  /** Numbers at hand for the open shift. */
  get ready(): number {
    return this.#pool === null || !this.#isOf(this.#pool) ? 0 : countOf(this.#pool);
  }

  /** A number that nobody else gets; null: there is none. */
  async take(): Promise<number | null> {
    let taken: number | null = null;
    this.#pool =
      (await this.#update((held) => {
        const [range, ...rest] = held !== undefined && this.#isOf(held) ? held.ranges : [];
        taken = range?.next ?? null;
        if (held === undefined || range === undefined) return held;
        const left = range.next < range.last ? [{ ...range, next: range.next + 1 }] : [];
        return { ...held, ranges: [...left, ...rest] };
      })) ?? null;
    this.refill();
    return taken;
  }

  /** Another connection: another person may have signed in. */
  connected(): void {
    this.#forbidden = false;
    this.refill();
  }

  /** To be called where numbers may be missing: connected, taken, a shift opened. */
  refill(): void {
    const { isLive, log } = this.#parts;
    if (this.#refilling || this.#forbidden || !isLive()) return;
    this.#refilling = true;
    this.#fill().then(
      () => {
        this.#refilling = false;
      },
      (cause: unknown) => {
        this.#refilling = false;
        log.warn({ cause }, 'no order numbers were leased');
      },
    );
  }

  close(): void {
    this.#forget();
  }

  async #fill(): Promise<void> {
    const { shiftId, keep, newId, lease } = this.#parts;
    const shift = shiftId();
    if (shift === null) return;
    const asked = await this.#update((held) => {
      const pool = held?.shiftId === shift ? held : { shiftId: shift, ranges: [], request: null };
      if (pool.request !== null || countOf(pool) >= keep) return pool;
      return { ...pool, request: { key: newId(), count: keep } };
    });
    this.#pool = asked ?? null;
    const request = asked?.request ?? null;
    if (request === null) return;
    try {
      const { numbers } = (await lease(request.key, request.count)).result;
      await this.#leased(request.key, numbers === undefined ? [] : [numbers]);
    } catch (cause) {
      if (!(cause instanceof CommandRefused)) throw cause;
      this.#forbidden = cause.code === 'forbidden';
      await this.#leased(request.key, []);
    }
  }

  /** Once, however many clients heard the answer. */
  async #leased(
    key: string,
    ranges: readonly { readonly first: number; readonly last: number }[],
  ): Promise<void> {
    const pool = await this.#update((held) => {
      if (held?.request?.key !== key) return held;
      const more = ranges.map(({ first, last }) => ({ next: first, last }));
      return { ...held, ranges: [...held.ranges, ...more], request: null };
    });
    this.#pool = pool ?? null;
  }

  /** A number of another shift would be refused. Offline the shift that was last heard of counts. */
  #isOf(pool: Pool): boolean {
    return pool.shiftId === this.#parts.shiftId();
  }

  #update(change: (held: Pool | undefined) => Pool | undefined): Promise<Pool | undefined> {
    return this.#parts.storage.update<Pool>(SPACE, KEY, change);
  }

  async #read(): Promise<void> {
    try {
      const [entry] = await this.#parts.storage.entries(SPACE);
      this.#pool = (entry?.value as Pool | undefined) ?? null;
    } catch (cause) {
      this.#parts.log.info({ cause }, 'the leased order numbers could not be read');
    }
  }
}

function countOf({ ranges }: Pool): number {
  return ranges.reduce((sum, { next, last }) => sum + last - next + 1, 0);
}
