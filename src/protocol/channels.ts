/** A channel is a view of one branch: `main/orders`, `main/kitchen`, and of one station `main/kitchen/grill`. */
import { VIEW_NAMES, type ViewName } from './messages.js';

export interface Channel {
  readonly branchId: string;
  readonly view: ViewName;
  /** Only of `kitchen`; absent: all stations. */
  readonly station?: string;
}

const VIEWS: ReadonlySet<string> = new Set(VIEW_NAMES);

export function isViewName(name: string): name is ViewName {
  return VIEWS.has(name);
}

export function channelName({ branchId, view, station }: Channel): string {
  return station === undefined ? `${branchId}/${view}` : `${branchId}/${view}/${station}`;
}

/** null: no channel is called that. */
export function parseChannel(name: string): Channel | null {
  const [branchId, view, ...rest] = name.split('/');
  if (branchId === undefined || branchId === '' || view === undefined || !isViewName(view)) {
    return null;
  }
  if (rest.length === 0) return { branchId, view };
  const station = rest.join('/');
  return view === 'kitchen' && station !== '' ? { branchId, view, station } : null;
}
