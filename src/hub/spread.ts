/** Spreads what must not happen to all clients at the same moment. */
export function durationSpread(
  { from, to }: { readonly from: number; readonly to: number },
  random: () => number,
): number {
  return Math.round(from + random() * (to - from));
}
