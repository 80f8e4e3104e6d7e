/** The hour that a branch's clock shows, for SQL; remembers what it worked out. */

/** Offsets from UTC are whole quarters of an hour everywhere. */
const QUARTER_MS = 15 * 60_000;
/** More than the quarters of an hour of two years; then it begins anew. */
const REMEMBERED_MAX = 100_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const hours = new Map<string, number>();

/** 0 to 23; null: no such zone. */
export function localHour(zone: unknown, instant: unknown): number | null {
  const quarter = Math.floor(Number(instant) / QUARTER_MS);
  const name = `${String(zone)} ${String(quarter)}`;
  const known = hours.get(name);
  if (known !== undefined) return known;
  const format = formatOf(String(zone));
  if (format === null) return null;
  const hour = Number(format.format(quarter * QUARTER_MS));
  if (hours.size >= REMEMBERED_MAX) hours.clear();
  hours.set(name, hour);
  return hour;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  try {
    const options = { timeZone: zone, hour: '2-digit', hourCycle: 'h23' } as const;
    const format = new Intl.DateTimeFormat('en-GB', options);
    formats.set(zone, format);
    return format;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
