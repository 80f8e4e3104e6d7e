/** One of the clients that share a queue sends it. */
import type { Cancel } from '../../base/clock.js';

/**
 * Calls `lead` as soon as this client is the one that leads under `name`, at most once, and keeps the lead until it is
 * cancelled or the client's page or process ends; then another one's `lead` is called.
 */
export type Leadership = (name: string, lead: () => void) => Cancel;
