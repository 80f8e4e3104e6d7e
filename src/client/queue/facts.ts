/**
 * What a client knows of itself and its branch while it is out of reach of the hub: who signed in last, how far the clock is
 * off, by which rules the branch reckons, which shift is open. Saved, so that a reloaded till sells on.
 */
import type { Clock } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import type { Principal, WelcomeMessage } from '../../protocol/messages.js';
import type { BranchGetResult } from '../../protocol/results.js';
import { Listeners } from '../listeners.js';
import type { ClientStorage } from '../storage/storage.js';

const SPACE = 'client';
const KEY = 'facts';

interface Saved {
  readonly principal: Principal;
  readonly clockOffsetMs: number;
  /** null: not known yet, or another branch's. */
  readonly branch: BranchGetResult | null;
  /** The last one that was open, also when none is. */
  readonly lastShift: BranchGetResult['shift'];
}

export interface FactsParts {
  readonly storage: ClientStorage;
  /** Rejects as a query does. */
  readonly branchGet: (branchId: string) => Promise<BranchGetResult>;
  readonly clock: Clock;
  /** The hub's time, as far as this life of the client knows it. */
  readonly serverNow: () => number;
  readonly log: Log;
}

export class Facts {
  readonly #parts: FactsParts;
  readonly #listeners = new Listeners<undefined>();
  /** Resolves when the storage has been read; rejects where that failed. */
  readonly ready: Promise<void>;
  #saved: Saved | null = null;
  /** A hub was met in this life of the client. */
  #met = false;
  #asking = false;
  /** What was asked for is of before. */
  #askAgain = false;

  constructor(parts: FactsParts) {
    this.#parts = parts;
    this.ready = parts.storage.entries(SPACE).then((entries) => {
      const saved = entries.find(({ key }) => key === KEY)?.value;
      this.#saved ??= (saved as Saved | undefined) ?? null;
    });
    this.ready.catch(() => undefined);
  }

  /** Whoever signed in last; null: nobody ever did. */
  get principal(): Principal | null {
    return this.#saved?.principal ?? null;
  }

  /** null: not known yet. */
  get branch(): BranchGetResult | null {
    return this.#saved?.branch ?? null;
  }

  /** null: none is known. */
  get lastShift(): BranchGetResult['shift'] {
    return this.#saved?.lastShift ?? null;
  }

  /** The hub's time, as far as it is known. */
  get serverNow(): number {
    const { clock, serverNow } = this.#parts;
    return this.#met ? serverNow() : clock.now() + (this.#saved?.clockOffsetMs ?? 0);
  }

  /** Told when the branch's rules or its shift are other ones. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  welcomed({ principal, serverTime }: WelcomeMessage): void {
    this.#met = true;
    const known = this.#saved?.principal.branch_id === principal.branch_id ? this.#saved : null;
    const { branch = null, lastShift = null } = known ?? {};
    const clockOffsetMs = serverTime - this.#parts.clock.now();
    this.#save({ principal, clockOffsetMs, branch, lastShift });
    this.refresh();
  }

  /** Asks the hub for the branch's rules and shift. */
  refresh(): void {
    const { branchGet, log } = this.#parts;
    const branchId = this.#saved?.principal.branch_id;
    if (branchId === undefined) return;
    this.#askAgain = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    branchGet(branchId).then(
      (branch) => {
        this.#answered(branchId, branch);
      },
      (cause: unknown) => {
        log.warn({ cause }, 'the rules of the branch are not known');
        this.#answered(branchId, null);
      },
    );
  }

  /** `branch` null: it was refused. */
  #answered(branchId: string, branch: BranchGetResult | null): void {
    this.#asking = false;
    const saved = this.#saved;
    if (branch !== null && saved?.principal.branch_id === branchId) {
      this.#save({ ...saved, branch, lastShift: branch.shift ?? saved.lastShift });
    }
    if (this.#askAgain) this.refresh();
  }

  #save(saved: Saved): void {
    this.#saved = saved;
    const { storage, log } = this.#parts;
    storage.write(SPACE, new Map([[KEY, saved]])).catch((cause: unknown) => {
      log.info({ cause }, 'the rules of the branch could not be saved');
    });
    this.#listeners.tell(undefined);
  }
}
