/** Every command that was given under a key of its own, and how it ended. */
import type { Client } from '../../../src/client/client.js';
import { CommandRefused } from '../../../src/client/requests/errors.js';
import type { Expect } from '../../../src/domain/command.js';
import type { CommandName } from '../../../src/domain/registry.js';

export interface Attempt {
  readonly key: string;
  readonly name: CommandName;
  readonly payload: object;
  readonly expect?: Expect;
  /** `lost`: its client was thrown away before the answer. */
  end:
    | { readonly kind: 'acked'; readonly version: number; readonly wrote: boolean }
    | { readonly kind: 'refused'; readonly code: string }
    | { readonly kind: 'lost' }
    | null;
}

export class Attempts {
  readonly all: Attempt[] = [];

  give(
    client: Client,
    name: CommandName,
    payload: object,
    expect?: Expect,
  ): Promise<Attempt['end']> {
    const key = `${name}-${String(this.all.length + 1)}`;
    const attempt: Attempt = {
      key,
      name,
      payload,
      end: null,
      ...(expect !== undefined && { expect }),
    };
    this.all.push(attempt);
    return this.repeat(client, attempt);
  }

  /** Under the same key, by whichever client. */
  async repeat(client: Client, attempt: Attempt): Promise<Attempt['end']> {
    const { name, payload, key, expect } = attempt;
    const options = { key, ...(expect !== undefined && { expect }) };
    try {
      const { version, records } = await client.command(name, payload as never, options);
      attempt.end = { kind: 'acked', version, wrote: Object.keys(records).length > 0 };
    } catch (error) {
      attempt.end =
        error instanceof CommandRefused ? { kind: 'refused', code: error.code } : { kind: 'lost' };
    }
    return attempt.end;
  }
}
