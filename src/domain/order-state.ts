/** What an order's lines say about it: its status, the stations that have to do with it, when it was ready. */
import type { LineStatus, OrderHeader, OrderLine, OrderStatus } from './rows.js';

/** The statuses that a line may go to. Kitchen steps may be skipped, and going back is a recall. */
export const LINE_NEXT: Readonly<Record<LineStatus, readonly LineStatus[]>> = {
  new: ['queued', 'served', 'voided'],
  held: ['queued', 'served', 'voided'],
  queued: ['preparing', 'ready', 'served', 'voided'],
  preparing: ['ready', 'served', 'voided'],
  ready: ['preparing', 'served', 'voided'],
  served: ['preparing', 'ready', 'voided'],
  voided: [],
};

/** The statuses that an order may go to; preparing and ready follow from its lines. */
export const ORDER_NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  open: ['preparing', 'ready', 'closed', 'voided'],
  preparing: ['open', 'ready', 'closed', 'voided'],
  ready: ['open', 'preparing', 'closed', 'voided'],
  closed: ['open'],
  voided: [],
};

export function isFinished(header: OrderHeader): boolean {
  return header.status === 'closed' || header.status === 'voided';
}

/** Sent, and not served yet: the kitchen has it before its eyes. */
export function inKitchen(line: OrderLine): boolean {
  return line.status === 'queued' || line.status === 'preparing' || line.status === 'ready';
}

/** Not sent yet. */
export function isUnsent(line: OrderLine): boolean {
  return line.status === 'new' || line.status === 'held';
}

/** Sorted ids of the stations with lines in the kitchen, or marked. */
export function stationsOf(lines: readonly OrderLine[]): string[] {
  const stations: string[] = [];
  for (const line of lines) {
    const { station } = line;
    if (station === null || !(inKitchen(line) || line.mark !== null)) continue;
    let place = 0;
    while (place < stations.length && (stations[place] ?? '') < station) place += 1;
    if (stations[place] !== station) stations.splice(place, 0, station);
  }
  return stations;
}

/** The status that the lines make of an order neither closed nor voided. */
export function statusOf(lines: readonly OrderLine[]): OrderStatus {
  let queued = false;
  let ready = false;
  for (const { status } of lines) {
    if (status === 'preparing') return 'preparing';
    if (status === 'queued') queued = true;
    if (status === 'ready') ready = true;
  }
  if (!ready) return 'open';
  return queued ? 'preparing' : 'ready';
}

/** What follows from the lines. A finished order keeps its status, a voided one its times. */
export function derivedState(
  header: OrderHeader,
  lines: readonly OrderLine[],
  now: number,
): Pick<OrderHeader, 'status' | 'stations' | 'sent_at' | 'ready_at'> {
  const voided = header.status === 'voided';
  return {
    status: isFinished(header) ? header.status : statusOf(lines),
    stations: stationsOf(lines),
    sent_at: voided ? header.sent_at : firstSent(lines),
    ready_at: voided ? header.ready_at : readyAt(header, lines, now),
  };
}

function firstSent(lines: readonly OrderLine[]): number | null {
  let first: number | null = null;
  for (const { sent_at } of lines) {
    if (sent_at !== null && (first === null || sent_at < first)) first = sent_at;
  }
  return first;
}

/** Since when nothing is left to cook; null while something is, or when nothing was cooked. */
function readyAt(header: OrderHeader, lines: readonly OrderLine[], now: number): number | null {
  let cooked = false;
  for (const { station, status } of lines) {
    if (status === 'queued' || status === 'preparing') return null;
    if (station !== null && (status === 'ready' || status === 'served')) cooked = true;
  }
  return cooked ? (header.ready_at ?? now) : null;
}
