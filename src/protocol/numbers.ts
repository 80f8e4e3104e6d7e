/** Numbers as commands may hold them: whole and exact. JSON and MessagePack both can carry others. */
import type { FaultDetail } from '../base/refusal.js';
import { pointerStep } from './faults.js';
import { FAULTS_MAX } from './limits.js';

const NO_FAULTS: readonly FaultDetail[] = [];

/**
 * Faults of the numbers, and of MessagePack's binary values, anywhere inside. Turns each -0 into 0 on the way, so that one
 * number has one form; the value must be the caller's own. Decoded messages are at most `MESSAGE_DEPTH_MAX` deep.
 */
export function numberFaults(value: object): readonly FaultDetail[] {
  if (isExact(value as Inside)) return NO_FAULTS;
  const faults: FaultDetail[] = [];
  visit(value as Inside, '', faults);
  return faults.slice(0, FAULTS_MAX);
}

type Inside = Record<string, unknown>;

/** Whether there is no fault to tell: the paths of those that there are cost more than all the rest. */
function isExact(container: Inside): boolean {
  let exact = true;
  for (const key of Object.keys(container)) {
    const value = container[key];
    if (typeof value === 'number') {
      if (value === 0) container[key] = 0;
      else if (!Number.isSafeInteger(value)) exact = false;
    } else if (typeof value === 'object' && value !== null) {
      if (value instanceof Uint8Array || !isExact(value as Inside)) exact = false;
    }
  }
  return exact;
}

function visit(container: Inside, path: string, faults: FaultDetail[]): void {
  for (const key of Object.keys(container)) {
    const value = container[key];
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) continue;
      faults.push({ path: path + pointerStep(key), reason: 'must be a whole number below 2^53' });
    } else if (value instanceof Uint8Array) {
      faults.push({ path: path + pointerStep(key), reason: 'must not be binary' });
    } else if (typeof value === 'object' && value !== null) {
      visit(value as Inside, path + pointerStep(key), faults);
    }
  }
}
