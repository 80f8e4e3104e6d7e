/** What a load generator can be asked to do. Each process keeps what it opened until it is told to close it. */
import { FanSubscribers, type FanOptions, type FanReport } from './fan-subscribers.js';
import {
  Restaurants,
  type RestaurantsOptions,
  type ShiftOptions,
  type ShiftReport,
} from './restaurants.js';
import { Screens, type ScreensOptions, type ScreensReport } from './screens.js';
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
const screens: Screens[] = [];
const fans = new Map<string, FanSubscribers>();

function openTills(): Tills {
  if (tills === null) throw new Error('no tills are open');
  return tills;
}

function openRestaurants(): Restaurants {
  if (restaurants === null) throw new Error('no restaurants are open');
  return restaurants;
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
  'writers.run': (params: WritersOptions): Promise<WritersReport> => Writers.run(params),
} as const;

export type Methods = typeof METHODS;
export type MethodName = keyof Methods;
