/**
 * The open shift of a branch, held shared by order and cash commands and alone by those that open, close or hand it over.
 * First come, first served: a waiting shift command holds back those behind it, so that it is never starved.
 */
export type ShiftHold = 'shared' | 'exclusive';

interface Waiter {
  readonly hold: ShiftHold;
  readonly enter: () => void;
}

export class ShiftGate {
  #shared = 0;
  #exclusive = false;
  readonly #waiting: Waiter[] = [];

  /** The release: at once where nobody is in the way, else a promise whose place in the queue is taken. */
  acquire(hold: ShiftHold): (() => void) | Promise<() => void> {
    const release = (): void => {
      this.#leave(hold);
    };
    if (this.#waiting.length === 0 && this.#admits(hold)) {
      this.#enter(hold);
      return release;
    }
    return new Promise((resolve) => {
      const enter = (): void => {
        this.#enter(hold);
        resolve(release);
      };
      this.#waiting.push({ hold, enter });
    });
  }

  #enter(hold: ShiftHold): void {
    if (hold === 'shared') this.#shared += 1;
    else this.#exclusive = true;
  }

  #admits(hold: ShiftHold): boolean {
    return !this.#exclusive && (hold === 'shared' || this.#shared === 0);
  }

  #leave(hold: ShiftHold): void {
    if (hold === 'shared') this.#shared -= 1;
    else this.#exclusive = false;
    let next = this.#waiting[0];
    while (next !== undefined && this.#admits(next.hold)) {
      this.#waiting.shift();
      next.enter();
      next = this.#waiting[0];
    }
  }
}
