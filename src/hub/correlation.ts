/** Carries the correlation id of what is being handled through everything that happens because of it, also after awaits. */
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Runs `handle`; every log line that it leads to bears the id. */
export function withCorrelation<T>(correlationId: string, handle: () => T): T {
  return storage.run(correlationId, handle);
}

/** The id of what is being handled, or undefined outside of any. */
export function correlation(): string | undefined {
  return storage.getStore();
}
