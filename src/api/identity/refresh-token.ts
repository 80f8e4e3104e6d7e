/**
 * Refresh tokens: `ert1.<branch>.<session>.<secret>`. The hub keeps only hashes. A token's successor is made of the token itself and
 * a nonce that is kept, so that a device which lost the answer gets the same successor again, though no token is stored.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const FORM = /^ert1\.([\w-]{1,88})\.([\w-]{1,64})\.([\w-]{43})$/;

export interface RefreshToken {
  readonly branchId: string;
  readonly sessionId: string;
  /** 256 bits, base64url. */
  readonly secret: string;
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

export function newNonce(): string {
  return newSecret();
}

export function successorOf(secret: string, nonce: string): string {
  return createHmac('sha256', secret).update(nonce).digest('base64url');
}

/** In hex, as it is kept. Random bits need no salt and no slow hash. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function isHashOf(hash: string | null, secret: string): boolean {
  if (hash === null) return false;
  return timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(hashOf(secret), 'hex'));
}

export function writeRefreshToken({ branchId, sessionId, secret }: RefreshToken): string {
  return `ert1.${Buffer.from(branchId).toString('base64url')}.${sessionId}.${secret}`;
}

/** null: it has not the form of one. */
export function readRefreshToken(text: string): RefreshToken | null {
  const [, branch, sessionId, secret] = FORM.exec(text) ?? [];
  if (branch === undefined || sessionId === undefined || secret === undefined) return null;
  return { branchId: Buffer.from(branch, 'base64url').toString('utf8'), sessionId, secret };
}
