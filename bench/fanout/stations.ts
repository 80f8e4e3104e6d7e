/** Stations of a kitchen larger than life: each is a channel of its own. */
export function station(index: number): string {
  return `bay-${String(index + 1).padStart(2, '0')}`;
}
