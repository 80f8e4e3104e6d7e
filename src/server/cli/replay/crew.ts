/** The people of a replay and their devices: a manager, tills, kitchen screens and a witness, each on a connection of its own. */
import type { Client, Replica } from '../../../client/index.js';
import type { Role } from '../../../domain/rows.js';
import type { Agenda } from './agenda.js';
import type { Connections } from './connections.js';
import { DirectDesk, QueueDesk, type Desk } from './desk.js';
import type { Ledger } from './ledger.js';
import { MenuKeeper } from './menu-keeper.js';
import type { Outage } from './outage.js';
import type { Plan, PlannedOrder } from './plan.js';
import { Screen } from './screen.js';
import { Till } from './till.js';

export interface CrewOptions {
  readonly branchId: string;
  readonly connections: Connections;
  readonly plan: Plan;
  readonly ledger: Ledger;
  readonly agenda: Agenda;
  readonly tills: number;
  readonly screens: number;
  readonly onClosed: (order: PlannedOrder) => void;
  /** null: the tills stay connected, and wait for each answer of the hub. */
  readonly outage: Outage | null;
}

export interface Crew {
  readonly manager: Client;
  readonly menu: MenuKeeper;
  readonly tills: readonly Till[];
  readonly desks: readonly Desk[];
  readonly tillClients: readonly Client[];
  readonly stations: readonly string[];
  readonly screens: number;
  /** Every channel that a till or a screen or the manager follows. */
  readonly replicas: readonly Replica[];
  /** Of the tills. */
  readonly orders: readonly Replica[];
  /** Fetches snapshots to compare with, and asks questions. */
  readonly witness: Client;
}

/** One screen's place among those of its station. */
interface Place {
  readonly station: string;
  readonly place: number;
  readonly places: number;
}

interface Device {
  readonly client: Client;
  readonly replica: Replica;
}

interface TillDevice extends Device {
  readonly desk: Desk;
}

/** Resolves when all are connected, the menu is put, and every screen shows its channel. */
export async function assembleCrew(options: CrewOptions): Promise<Crew> {
  const { connections, plan, ledger } = options;
  const office = await follow(options, 'manager', { device: 'replay-office', view: 'menu' });
  const menu = new MenuKeeper(office.client, ledger, office.replica);
  await menu.putMissing(plan.items);
  const stations = menu.stationsOf(plan.items);
  const places = spread(stations, options.screens);
  const screens = await Promise.all(
    places.map((place, index) => {
      const where = { device: `replay-screen-${index + 1}`, view: `kitchen/${place.station}` };
      return follow(options, 'kitchen', where);
    }),
  );
  const tills = await Promise.all(
    Array.from({ length: options.tills }, (_, index) => openTill(options, index + 1)),
  );
  const witness = await connections.open({ role: 'manager', device: 'replay-witness' });
  const devices = [office, ...tills, ...screens];
  return {
    manager: office.client,
    menu,
    tills: putToWork(options, { menu, places, screens, tills }),
    desks: tills.map(({ desk }) => desk),
    tillClients: tills.map(({ client }) => client),
    stations,
    screens: screens.length,
    replicas: devices.map(({ replica }) => replica),
    orders: tills.map(({ replica }) => replica),
    witness,
  };
}

async function follow(
  { connections, branchId }: Pick<CrewOptions, 'connections' | 'branchId'>,
  role: Role,
  { device, view }: { readonly device: string; readonly view: string },
): Promise<Device> {
  const client = await connections.open({ role, device });
  const replica = client.subscribe(`${branchId}/${view}`);
  await replica.ready;
  return { client, replica };
}

/** With an outage to come it has all that it needs to go on alone: the menu, the drawer, a queue. */
async function openTill(options: CrewOptions, number: number): Promise<TillDevice> {
  const { connections, branchId, ledger, outage } = options;
  const device = { role: 'cashier', device: `replay-till-${number}` } as const;
  if (outage === null) {
    const { client, replica } = await follow(options, device.role, { ...device, view: 'orders' });
    return { client, replica, desk: new DirectDesk({ client, orders: replica, ledger }) };
  }
  const client = await connections.open(await outage.device(device));
  const replicas = ['orders', 'menu', 'shift'].map((view) =>
    client.subscribe(`${branchId}/${view}`),
  );
  await Promise.all([client.queue.ready, ...replicas.map(({ ready }) => ready)]);
  const orders = client.optimistic(`${branchId}/orders`);
  const replica = client.subscribe(`${branchId}/orders`);
  return { client, replica, desk: new QueueDesk({ client, orders, ledger }) };
}

interface Workplaces {
  readonly menu: MenuKeeper;
  readonly places: readonly Place[];
  readonly screens: readonly Device[];
  readonly tills: readonly TillDevice[];
}

/** Screens begin at once with what they show; the tills wait to be told. */
function putToWork(
  { agenda, ledger, onClosed, outage }: CrewOptions,
  { menu, places, screens, tills }: Workplaces,
): Till[] {
  // Nobody waits for tills that may be cut off.
  const orders = outage === null ? tills.map(({ replica }) => replica) : [];
  /** Commits are waited for by all who show the order, so that the time does not run away from them. */
  const shownAt = (stations: ReadonlySet<string>, version: number): Promise<void> => {
    const kitchens = screens.filter((_, index) => stations.has(places[index]?.station ?? ''));
    return allReach([...orders, ...kitchens.map(({ replica }) => replica)], version);
  };
  for (const [index, { client, replica }] of screens.entries()) {
    const place = places[index];
    if (place === undefined) continue;
    const shown = (version: number): Promise<void> => shownAt(new Set([place.station]), version);
    new Screen({ client, kitchen: replica, ...place, agenda, ledger, shown }).look();
  }
  return tills.map(({ desk }) => {
    const shown = (order: PlannedOrder, version: number): Promise<void> =>
      shownAt(stationsOf(order, menu), version);
    return new Till({ desk, agenda, menu, shown, onClosed });
  });
}

/** Screens go round the stations, at least one to each. */
function spread(stations: readonly string[], screens: number): Place[] {
  const count = stations.length === 0 ? 0 : Math.max(screens, stations.length);
  const rounds = Array.from({ length: count }, (_, index) => ({
    station: stations[index % stations.length] ?? '',
    place: Math.floor(index / stations.length),
  }));
  return rounds.map((place) => ({
    ...place,
    places: rounds.filter(({ station }) => station === place.station).length,
  }));
}

function stationsOf(order: PlannedOrder, menu: MenuKeeper): Set<string> {
  return new Set(order.batches.flat().flatMap(({ item }) => menu.stationOf(item) ?? []));
}

async function allReach(replicas: readonly Replica[], version: number): Promise<void> {
  await Promise.all(replicas.map((replica) => replica.until((held) => held.version >= version)));
}
