/** Runs the sides of a comparison in turn, so that whatever else the machine does falls on all of them. */

/** What each side gave, one a repetition. */
export type Measured<Side extends string, Value> = Readonly<Record<Side, readonly Value[]>>;

/** Sides go in the given order in one repetition and in the reverse order in the next. */
export async function interleave<Side extends string, Value>(
  sides: readonly Side[],
  repetitions: number,
  measure: (side: Side, repetition: number) => Promise<Value>,
): Promise<Measured<Side, Value>> {
  const measured = Object.fromEntries(
    sides.map((side) => [side, [] as Value[]]),
  ) as unknown as Record<Side, Value[]>;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const order = repetition % 2 === 0 ? sides : sides.toReversed();
    for (const side of order) measured[side].push(await measure(side, repetition));
  }
  return measured;
}
