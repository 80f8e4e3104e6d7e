/**
 * Calendar and clock of a branch: everything that needs its time zone. Instants are UTC epoch milliseconds; a business
 * date is `YYYY-MM-DD` and begins at the cut-off hour of the branch's own wall clock, on days of clock change too.
 */
import { DateTime } from 'luxon';

function at(instant: number, zone: string): DateTime<true> {
  const local = DateTime.fromMillis(instant, { zone });
  if (!local.isValid) throw new Error(`no local time for ${String(instant)} in zone "${zone}"`);
  return local;
}

/** Whether `zone` is an IANA time zone that this machine knows. */
export function isZone(zone: string): boolean {
  return DateTime.fromMillis(0, { zone }).isValid;
}

/**
 * The business date to which an instant belongs: the local date, or the one before while the local clock shows less than
 * `cutoffHour` (0 to 23).
 */
export function businessDate(instant: number, zone: string, cutoffHour: number): string {
  const local = at(instant, zone);
  return (local.hour < cutoffHour ? local.minus({ days: 1 }) : local).toISODate();
}

/** Offsets from UTC are whole quarters of an hour everywhere, so within a quarter the local hour stays. */
const QUARTER_MS = 15 * 60_000;

/** The hour (0 to 23) that the zone's clock shows; remembers what it worked out, for reports over many orders. */
export function localHours(zone: string): (instant: number) => number {
  const known = new Map<number, number>();
  return (instant) => {
    const quarter = Math.floor(instant / QUARTER_MS);
    let hour = known.get(quarter);
    if (hour === undefined) {
      hour = at(instant, zone).hour;
      known.set(quarter, hour);
    }
    return hour;
  };
}

/**
 * The instant of a local time written `dd/MM/yyyy HH:mm`. A time that the clocks skip in spring is taken as if they had not
 * been put forward yet; one that comes twice in autumn is the first. Throws on any other form.
 */
export function localTime(text: string, zone: string): number {
  const local = DateTime.fromFormat(text, 'dd/MM/yyyy HH:mm', { zone });
  if (!local.isValid) throw new Error(`"${text}" is not a time of the form dd/mm/yyyy hh:mm`);
  return Math.min(...local.getPossibleOffsets().map((possible) => possible.toMillis()));
}
