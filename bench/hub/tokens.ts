/** Tokens for the clients of a hub under measurement, signed with the key in its data directory. */
import { systemClock } from '#dist/base/clock.js';
import type { Role } from '#dist/domain/rows.js';
import { openTokenKeys } from '#dist/server/token-key.js';
import { openTokens } from '#dist/server/tokens.js';

const SECONDS_TO_LIVE = 3_600;

export interface TokenHolders {
  readonly role: Role;
  /** Each is a device of its own: `<prefix>-<number>`. */
  readonly count: number;
  readonly prefix?: string;
  /** Default `main`. */
  readonly branch?: string;
}

export function signTokens(directory: string, holders: TokenHolders): Promise<string[]> {
  const { role, count, prefix = role, branch = 'main' } = holders;
  const tokens = openTokens(openTokenKeys(directory), systemClock);
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const device = `${prefix}-${String(index + 1)}`;
      const principal = { id: device, name: device, role, branch_id: branch, device_id: device };
      return tokens.sign(principal, SECONDS_TO_LIVE);
    }),
  );
}
