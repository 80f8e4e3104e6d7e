/** Moments at which a client should look at once how it stands: its machine woke, its page is seen again, a network came. */
import type { Cancel } from '../../base/clock.js';

/** Calls `wake` at each such moment, until it is cancelled. */
export type WatchWake = (wake: () => void) => Cancel;

/** As much of the browser as is used here. */
interface EventTargetLike {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface PageLike extends Partial<EventTargetLike> {
  readonly document?: EventTargetLike & { readonly visibilityState: string };
}

/**
 * A browser's events; elsewhere there are none, and nothing is ever told. The event `offline` is left out: it is about the
 * internet, and the hub in the back office is often reached without. A link that is really gone is known by its silence.
 */
export const globalWake: WatchWake = (wake) => {
  const page = globalThis as unknown as PageLike;
  const { document } = page;
  if (document === undefined || page.addEventListener === undefined) return () => undefined;
  const seen = (): void => {
    if (document.visibilityState === 'visible') wake();
  };
  page.addEventListener('online', wake);
  page.addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', seen);
  return () => {
    page.removeEventListener?.('online', wake);
    page.removeEventListener?.('pageshow', wake);
    document.removeEventListener('visibilitychange', seen);
  };
};
