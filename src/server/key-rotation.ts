/** Rotates the key of the tokens when it has grown old. Nobody is logged out: the key before stays good. */
import { systemClock, systemTimers, type Cancel } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { rotateTokenKey, tokenKeyAge } from './token-key.js';

const DAY_MS = 24 * 3_600_000;
/** As long as the longest token of the command line lives: after a rotation the key before stays good for as long again. */
const KEY_LASTS_MS = 31 * DAY_MS;
const LOOK_MS = 3_600_000;

/** Looks at once and every hour. */
export function rotateInTime(dataDirectory: string, log: Log): Cancel {
  const look = (): void => {
    try {
      const now = systemClock.now();
      if (tokenKeyAge(dataDirectory, now) < KEY_LASTS_MS) return;
      const { current } = rotateTokenKey(dataDirectory, now);
      log.info({ key: current.id }, 'a new key signs tokens; the one before stays good');
    } catch (err) {
      log.error({ err }, 'the key of the tokens could not be rotated; it goes on as it is');
    }
  };
  look();
  return systemTimers.every(LOOK_MS, look);
}
