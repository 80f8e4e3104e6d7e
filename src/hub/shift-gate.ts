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

  /** Takes its place in the queue at once; resolves with the release when it is held. */
  acquire(hold: ShiftHold): Promise<() => void> {
    return new Promise((resolve) => {
      const enter = (): void => {
        if (hold === 'shared') this.#shared += 1;
        else this.#exclusive = true;
        resolve(() => {
          this.#leave(hold);
        });
      };
      if (this.#waiting.length === 0 && this.#admits(hold)) enter();
      else this.#waiting.push({ hold, enter });
    });
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
