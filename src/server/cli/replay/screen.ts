/**
 * One kitchen screen of a replay. It knows nothing of the plan: it acts only on what its channel shows, expects the versions
 * shown there, and where another screen was quicker it looks again.
 */
import { CommandRefused, type Client, type Replica } from '../../../client/index.js';
import type { ViewRow } from '../../../protocol/messages.js';
import type { Agenda } from './agenda.js';
import { derivedId, derivedNumber } from './identity.js';
import { kitchenPlace } from './kitchen-rule.js';
import type { Ledger } from './ledger.js';

export interface ScreenOptions {
  readonly client: Client;
  /** The channel of its station, ready. */
  readonly kitchen: Replica;
  readonly station: string;
  /** Which of the screens of its station it is, from 0, and how many there are. */
  readonly place: number;
  readonly places: number;
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  /** Resolves when every client that shows the order has seen the commit. */
  readonly shown: (version: number) => Promise<void>;
}

const NEXT = { queued: 'preparing', preparing: 'ready', ready: 'served' } as const;
type Waiting = keyof typeof NEXT;

/** A second screen of the station leaves a ticket to the first for so long, in recorded milliseconds. */
const AFTER_YOU_MS = 20_000;

interface Ticket {
  readonly orderId: string;
  readonly status: Waiting;
  readonly lines: readonly ViewRow[];
}

export class Screen {
  readonly #options: ScreenOptions;
  /** Steps on the agenda, by order and status. */
  readonly #planned = new Set<string>();

  constructor(options: ScreenOptions) {
    this.#options = options;
    options.kitchen.onChange((change) => {
      if (change.kind !== 'state') this.look();
    });
  }

  /** Plans the next step of each ticket shown. */
  look(): void {
    const { agenda } = this.#options;
    for (const ticket of this.#tickets()) {
      const name = `${ticket.orderId} ${ticket.status}`;
      if (this.#planned.has(name)) continue;
      this.#planned.add(name);
      agenda.at(agenda.since(sinceOf(ticket)) + this.#delayMs(ticket), async () => {
        await this.#step(ticket.orderId, ticket.status);
        this.#planned.delete(name);
        this.look();
      });
    }
  }

  #tickets(): Ticket[] {
    const tickets = new Map<string, { orderId: string; status: Waiting; lines: ViewRow[] }>();
    for (const line of this.#options.kitchen.tables.get('order_line')?.values() ?? []) {
      const status = line['status'];
      if (status !== 'queued' && status !== 'preparing' && status !== 'ready') continue;
      const orderId = String(line['order_id']);
      const name = `${orderId} ${status}`;
      const ticket = tickets.get(name);
      if (ticket === undefined) tickets.set(name, { orderId, status, lines: [line] });
      else ticket.lines.push(line);
    }
    return [...tickets.values()];
  }

  async #step(orderId: string, status: Waiting): Promise<void> {
    const { client, ledger, station, place, shown } = this.#options;
    const ticket = this.#tickets().find(
      (shownNow) => shownNow.orderId === orderId && shownNow.status === status,
    );
    // Somebody else has done it.
    if (ticket === undefined) return;
    const lines = ticket.lines.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const versions = Object.fromEntries(lines.map(({ id, version }) => [id, version]));
    try {
      const answer = await ledger.give(client, {
        name: 'kitchen.set_status',
        key: derivedId('kitchen.set_status', station, place, status, JSON.stringify(versions)),
        payload: {
          order_id: orderId,
          line_ids: lines.map(({ id }) => id),
          status: NEXT[status],
        },
        expect: { order_line: versions },
      });
      if (Object.keys(answer.records).length > 0) await shown(answer.version);
    } catch (error) {
      if (!(error instanceof CommandRefused) || error.code !== 'version_conflict') throw error;
      ledger.counts.conflicts += 1;
      await this.#options.kitchen.until((kitchen) => hasChanged(kitchen, versions));
    }
  }

  /** Simulated: cooks begin within two minutes, need as long as the slowest dish, and plates wait for a moment. */
  #delayMs({ orderId, status, lines }: Ticket): number {
    const { station, place, places } = this.#options;
    const turn = (place + derivedNumber(places, 'turn', orderId)) % places;
    return turn * AFTER_YOU_MS + 1_000 * secondsOf(status, lines, `${station} ${orderId}`);
  }
}

/** When the ticket came into its status, by the hub's clock. */
function sinceOf({ status, lines }: Ticket): number {
  const column = { queued: 'sent_at', preparing: 'started_at', ready: 'ready_at' }[status];
  return Math.max(...lines.map((line) => Number(line[column])));
}

function secondsOf(status: Waiting, lines: readonly ViewRow[], ticket: string): number {
  switch (status) {
    case 'queued':
      return derivedNumber(120, 'start', ticket);
    case 'preparing':
      return Math.max(...lines.map((line) => kitchenPlace(String(line['name'])).prepSeconds));
    case 'ready':
      return 30 + derivedNumber(150, 'pass', ticket);
  }
}

/** Whether any of the lines is gone or has another version now. */
function hasChanged(kitchen: Replica, versions: Readonly<Record<string, number>>): boolean {
  const lines = kitchen.tables.get('order_line');
  return Object.entries(versions).some(([id, version]) => lines?.get(id)?.version !== version);
}
