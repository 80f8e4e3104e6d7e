/** What is to be done when, in the milliseconds of a business day that can stand still. */
const TICK_MS = 5;

export class Agenda {
  readonly #byTick = new Map<number, (() => void)[]>();
  #tick = 0;

  /** Things that are still to come. */
  get size(): number {
    let count = 0;
    for (const due of this.#byTick.values()) count += due.length;
    return count;
  }

  /** What was due before now comes with the next tick. */
  at(dueMs: number, run: () => void): void {
    const tick = Math.max(Math.ceil(dueMs / TICK_MS), this.#tick + 1);
    const due = this.#byTick.get(tick);
    if (due === undefined) this.#byTick.set(tick, [run]);
    else due.push(run);
  }

  /** Does what is due from `fromMs` on, at the pace of the clock, while `goesOn` says so of the present moment. */
  run(fromMs: number, goesOn: (nowMs: number) => boolean): Promise<void> {
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const look = (): void => {
        const nowMs = fromMs + performance.now() - startedAt;
        if (!goesOn(nowMs)) {
          resolve();
          return;
        }
        this.#doUntil(Math.floor(nowMs / TICK_MS));
        setTimeout(look, TICK_MS);
      };
      look();
    });
  }

  #doUntil(last: number): void {
    while (this.#tick < last) {
      this.#tick += 1;
      const due = this.#byTick.get(this.#tick);
      if (due === undefined) continue;
      this.#byTick.delete(this.#tick);
      for (const run of due) run();
    }
  }
}
