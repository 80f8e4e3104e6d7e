/** The end of a hub's tick, held back by hand: what happens meanwhile leaves in one tick. */
export class HeldTicks {
  #held: (() => void)[] | null = null;

  /** The hub's `nextTick`. */
  readonly nextTick = (flush: () => void): void => {
    if (this.#held === null) setImmediate(flush);
    else this.#held.push(flush);
  };

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const flush of held) flush();
  }
}
