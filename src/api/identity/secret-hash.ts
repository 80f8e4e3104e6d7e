/** PINs and passwords as scrypt hashes (RFC 7914), in PHC's form: `$scrypt$ln=15,r=8,p=1$salt$hash`. */
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { assert } from '../../base/assert.js';

/** 32 MiB and about a tenth of a second: too much for guessing millions, little enough for a till. */
const COST_LOG2 = 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashed at once: each takes memory and a thread that reads of files wait for too. */
const AT_ONCE_MAX = 2;
/** Who has to wait behind more than these is told so instead. */
const WAITING_MAX = 64;
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

interface Costs {
  readonly log2: number;
  readonly blockSize: number;
  readonly parallel: number;
}

const COSTS: Costs = { log2: COST_LOG2, blockSize: BLOCK_SIZE, parallel: PARALLEL };

let running = 0;
const waiting: (() => void)[] = [];

/** Nobody else should be made to wait: their turn would come too late. */
export function hashingIsFull(): boolean {
  return waiting.length >= WAITING_MAX;
}

export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(secret, salt, COSTS);
  const parameters = `ln=${COST_LOG2},r=${BLOCK_SIZE},p=${PARALLEL}`;
  return `$scrypt$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** `stored` null: takes as long, and is false, so that nobody learns by the time who has a PIN. */
export async function verifySecret(secret: string, stored: string | null): Promise<boolean> {
  if (stored === null) {
    await derive(secret, Buffer.alloc(SALT_BYTES), COSTS);
    return false;
  }
  const [, log2, blockSize, parallel, salt, hash] = FORM.exec(stored) ?? [];
  assert(salt !== undefined && hash !== undefined, 'a stored hash has the form of one');
  const costs = { log2: Number(log2), blockSize: Number(blockSize), parallel: Number(parallel) };
  const found = await derive(secret, Buffer.from(salt, 'base64url'), costs);
  return timingSafeEqual(found, Buffer.from(hash, 'base64url'));
}

/** The same text however it was typed, NFKC: a digit of any keyboard, an accent of either form. */
async function derive(secret: string, salt: Buffer, costs: Costs): Promise<Buffer> {
  const { log2, blockSize, parallel } = costs;
  const cost = 2 ** log2;
  const options = { cost, blockSize, parallelization: parallel, maxmem: 256 * cost * blockSize };
  if (running >= AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await scrypted(secret.normalize('NFKC'), salt, options);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function scrypted(secret: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, HASH_BYTES, options, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
