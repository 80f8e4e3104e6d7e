/** What the clients of a test asked for, and what became of it. */
import type { Client } from '../../../src/client/client.js';
import { CommandRefused } from '../../../src/client/requests/errors.js';
import type { Expect } from '../../../src/domain/command.js';
import type { CommandName, CommandPayloads } from '../../../src/domain/registry.js';
import type { Acknowledged } from '../crash/journal.js';

export interface Answered extends Acknowledged {
  /** The answer was stored before it was given. */
  readonly replayed: boolean;
}

export class TrafficRecord {
  /** Keys without an answer. */
  readonly pending = new Set<string>();
  readonly acknowledged: Answered[] = [];
  /** Keys with the code of their refusal. */
  readonly refused = new Map<string, string>();
  #count = 0;

  /** null: refused. Rejects when the client has ended. */
  async give<Name extends CommandName>(
    client: Client,
    name: Name,
    payload: CommandPayloads[Name],
    options: { readonly expect?: Expect; readonly retryMs?: number } = {},
  ): Promise<Answered | null> {
    this.#count += 1;
    const key = `${name}-${this.#count}`;
    this.pending.add(key);
    try {
      const { version, replayed } = await client.command(name, payload, { ...options, key });
      const answered = { key, version, replayed };
      this.acknowledged.push(answered);
      return answered;
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error;
      this.refused.set(key, error.code);
      return null;
    } finally {
      this.pending.delete(key);
    }
  }
}
