/**
 * One of the clients that share a queue sends it. Two that lead at once do no harm, since both send the same keys, only work
 * twice; so a lead may be handed on when it is merely likely that its holder is gone.
 */
import type { Cancel } from '../../base/clock.js';

/**
 * Calls `lead` as soon as this client is the one that leads under `name`, at most once, and keeps the lead until it is
 * cancelled or the client's page or process ends; then another one's `lead` is called.
 */
export type Leadership = (name: string, lead: () => void) => Cancel;

/** For a client that shares its storage with nobody, as a file is one process's. */
export const soleLeader: Leadership = (_name, lead) => {
  lead();
  return () => undefined;
};
