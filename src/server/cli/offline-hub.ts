/** A hub without doors, for commands that are given where no hub runs: it decides and commits as one that serves. */
import { systemClock, systemTimers } from '../../base/clock.js';
import { systemRandom, uuidV7Source } from '../../base/ids.js';
import { silentLog } from '../../base/log.js';
import { refuse } from '../../base/refusal.js';
import type { Hub } from '../../hub/hub.js';
import { openHub } from '../../hub/open.js';
import type { Store } from '../../store/port.js';
import { frameMessage } from '../ws/frame.js';

export function openOfflineHub(store: Store): Promise<Hub> {
  return openHub({
    store,
    clock: systemClock,
    timers: systemTimers,
    nextTick: (flush) => void setImmediate(flush),
    newId: uuidV7Source(systemClock, systemRandom),
    random: Math.random,
    log: silentLog,
    verifyToken: () =>
      Promise.resolve({ kind: 'refused', refusal: refuse('unauthenticated', 'no door is open') }),
    frame: frameMessage,
    rollover: false,
  });
}
