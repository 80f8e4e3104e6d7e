/** When a token was made and when it ends, as far as it says so itself. */

export interface TokenTimes {
  /** By the hub's clock, in UTC epoch milliseconds; null: it does not say. */
  readonly issuedAtMs: number | null;
  readonly expiresAtMs: number;
}

/** Read from a JWT's claims, which only the hub can verify; null: it is none, or tells no end. */
export function tokenTimes(token: string): TokenTimes | null {
  const [, claims, signature] = token.split('.');
  if (claims === undefined || signature === undefined) return null;
  try {
    const base64 = claims.replaceAll('-', '+').replaceAll('_', '/');
    // Letters beyond ASCII come out broken, which is nothing to a number.
    const { iat, exp } = JSON.parse(globalThis.atob(base64)) as { iat?: unknown; exp?: unknown };
    if (typeof exp !== 'number') return null;
    return {
      issuedAtMs: typeof iat === 'number' ? iat * 1_000 : null,
      expiresAtMs: exp * 1_000,
    };
  } catch {
    return null;
  }
}
