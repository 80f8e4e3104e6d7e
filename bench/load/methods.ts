/** What a load generator can be asked to do. Each process keeps what it opened until it is told to close it. */
import { Bulk, type BulkOptions } from './bulk.js';
import { Idle, type IdleOptions } from './idle.js';
import { SlowScreens, type Seen, type SlowScreensOptions } from './slow-screens.js';
import { catchUpBytes, type CatchUpBytes, type CatchUpBytesOptions } from './catch-up-bytes.js';
import { FanSubscribers, type FanOptions, type FanReport } from './fan-subscribers.js';
import { giveEachKind, type KindGiven } from './kinds.js';
import { Overload, type OverloadOptions, type OverloadReport } from './overload.js';
import { Recorders, type Recorded, type RecordersOptions, type Visit } from './recorder.js';
import {
  Restaurants,
  type RestaurantsOptions,
  type ShiftOptions,
  type ShiftReport,
} from './restaurants.js';
import { Screens, type ScreensOptions, type ScreensReport } from './screens.js';
import { Storm, type StormOptions, type StormReport } from './storm.js';
import {
  Tills,
  type ClosedLoop,
  type LoadReport,
  type SteadyRate,
  type TillsFollowed,
  type TillsOptions,
  type WorkKind,
} from './tills.js';
import { Writers, type WritersOptions, type WritersReport } from './writers.js';

let tills: Tills | null = null;
let restaurants: Restaurants | null = null;
let recorders: Recorders | null = null;
let storm: Storm | null = null;
const screens: Screens[] = [];
let bulk: Bulk | null = null;
let slow: SlowScreens | null = null;
const idle: Idle[] = [];
const fans = new Map<string, FanSubscribers>();

function openTills(): Tills {
  if (tills === null) throw new Error('no tills are open');
  return tills;
}

function openStorm(): Storm {
  if (storm === null) throw new Error('no storm is open');
  return storm;
}

function openRestaurants(): Restaurants {
  if (restaurants === null) throw new Error('no restaurants are open');
  return restaurants;
}

function openRecorders(): Recorders {
  if (recorders === null) throw new Error('no recorders are open');
  return recorders;
}

export const METHODS = {
  async 'tills.open'(params: TillsOptions & { readonly work: readonly WorkKind[] }): Promise<null> {
    tills = new Tills(params);
    await tills.open(params.work);
    return null;
  },
  'tills.closedLoop': (params: ClosedLoop): Promise<LoadReport> => openTills().closedLoop(params),
  'tills.steadyRate': (params: SteadyRate): Promise<LoadReport> => openTills().steadyRate(params),
  'tills.newestVersion': (): number => openTills().newestVersion,
  'tills.followed': (): Promise<TillsFollowed> => openTills().followed(),
  'tills.close'(): null {
    tills?.close();
    tills = null;
    return null;
  },
  async 'restaurants.open'(params: RestaurantsOptions): Promise<null> {
    restaurants = new Restaurants(params);
    await restaurants.open();
    return null;
  },
  'restaurants.shift': (params: ShiftOptions): Promise<ShiftReport> =>
    openRestaurants().shift(params),
  'restaurants.close'(): null {
    restaurants?.close();
    restaurants = null;
    return null;
  },
  async 'recorders.open'(params: RecordersOptions): Promise<null> {
    recorders = new Recorders(params);
    await recorders.open();
    return null;
  },
  'recorders.report': (): Promise<{
    readonly recorded: readonly Recorded[];
    readonly visits: readonly Visit[];
  }> => openRecorders().report(),
  'recorders.close'(): null {
    recorders?.close();
    recorders = null;
    return null;
  },
  'kinds.give': ({
    port,
    token,
  }: {
    readonly port: number;
    readonly token: string;
  }): Promise<readonly KindGiven[]> => giveEachKind(port, token),
  async 'screens.open'(params: ScreensOptions): Promise<null> {
    const opened = new Screens(params);
    screens.push(opened);
    await opened.open();
    return null;
  },
  'screens.report': (): readonly ScreensReport[] => screens.map((each) => each.report()),
  /** What the checking screens hold that a fresh snapshot does not; empty: all is equal. */
  async 'screens.check'(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const each of screens) found.push(...(await each.check()));
    return found;
  },
  'screens.close'(): null {
    for (const each of screens.splice(0)) each.close();
    return null;
  },
  async 'fan.open'({ group, ...options }: FanOptions & { readonly group: string }): Promise<null> {
    const opened = new FanSubscribers();
    fans.set(group, opened);
    await opened.open(options);
    return null;
  },
  'fan.reached'({
    group,
    each,
  }: {
    readonly group: string;
    readonly each: number;
  }): Promise<FanReport> {
    const subscribers = fans.get(group);
    if (subscribers === undefined) throw new Error(`there is no group "${group}"`);
    return subscribers.reached(each);
  },
  'overload.run': (params: OverloadOptions): Promise<OverloadReport> => Overload.run(params),
  'writers.run': (params: WritersOptions): Promise<WritersReport> => Writers.run(params),
  async 'storm.open'(params: StormOptions): Promise<null> {
    storm = new Storm(params);
    await storm.open();
    return null;
  },
  'storm.cut': (): Promise<StormReport> => openStorm().cut(),
  'storm.check': (): Promise<readonly string[]> => openStorm().check(),
  'storm.close'(): null {
    storm?.close();
    storm = null;
    return null;
  },
  'catchUp.bytes': (params: CatchUpBytesOptions): Promise<CatchUpBytes[]> => catchUpBytes(params),
  async 'bulk.open'(params: BulkOptions): Promise<null> {
    bulk = await Bulk.open(params);
    return null;
  },
  'bulk.start'(): null {
    bulk?.start();
    return null;
  },
  'bulk.stop': (): Promise<number> => bulk?.stop() ?? Promise.resolve(0),
  async 'slow.open'(params: SlowScreensOptions): Promise<null> {
    slow = new SlowScreens(params);
    await slow.open();
    return null;
  },
  'slow.stopReading'(): null {
    slow?.stopReading();
    return null;
  },
  /** To be called when nobody gives commands any more; waits so many milliseconds at most. */
  'slow.readOn': (waitMs: number): Promise<readonly Seen[]> =>
    slow?.readOn(waitMs) ?? Promise.resolve([]),
  async 'idle.open'(params: IdleOptions): Promise<null> {
    const opened = new Idle(params);
    idle.push(opened);
    await opened.open();
    return null;
  },
  'idle.closed': (): number => idle.reduce((sum, { closed }) => sum + closed, 0),
} as const;

export type Methods = typeof METHODS;
export type MethodName = keyof Methods;
