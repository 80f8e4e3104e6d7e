import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { silentLog } from '../../src/base/log.js';
import { rotateInTime } from '../../src/server/key-rotation.js';
import {
  openTokenKeys,
  rotateTokenKey,
  tokenKey,
  type KeySource,
} from '../../src/server/token-key.js';
import { openTokens } from '../../src/server/tokens.js';

const NOW = Date.UTC(2026, 0, 1);
const KEY = new Uint8Array(32).fill(7);
const AMY = {
  id: 'amy',
  name: 'Amy',
  role: 'cashier',
  branch_id: 'main',
  device_id: 'till-1',
} as const;

function keysOf(current: Uint8Array, previous?: Uint8Array): KeySource {
  const before = previous === undefined ? null : tokenKey(previous);
  return { keys: () => ({ current: tokenKey(current), previous: before }) };
}

describe('tokens', () => {
  const clock = new SettableClock(NOW);
  const tokens = openTokens(keysOf(KEY), clock);
  beforeEach(() => clock.set(NOW));

  const refusal = async (token: string) => {
    const verdict = await tokens.verify(token);
    return verdict.kind === 'refused' ? verdict.refusal.code : verdict.kind;
  };
  const forged = (
    claims: Record<string, unknown>,
    more: { alg?: string; key?: Uint8Array; kid?: string; typ?: string } = {},
  ) =>
    new SignJWT({
      ...{ sub: 'amy', name: 'Amy', role: 'cashier', branch: 'main', device: 'till-1' },
      ...{ iss: 'expeditor', aud: 'expeditor', exp: NOW / 1_000 + 60, at: NOW },
      ...claims,
    })
      .setProtectedHeader({
        alg: more.alg ?? 'HS256',
        kid: more.kid ?? tokenKey(KEY).id,
        typ: more.typ ?? 'at+jwt',
      })
      .sign(more.key ?? KEY);

  it('O-TOK-1 a token says who somebody is, until it expires', async () => {
    const token = await tokens.sign(AMY, 60);
    clock.advance(20_000);
    expect(await tokens.verify(token)).toEqual({
      kind: 'valid',
      principal: AMY,
      grant: { sessionId: null, issuedAt: NOW },
      expiresInMs: 40_000,
    });
    clock.advance(41_000);
    expect(await refusal(token)).toBe('token_expired');
  });

  it('O-TOK-2 what this hub did not sign for this purpose is unauthenticated', async () => {
    expect(await refusal(await forged({}))).toBe('valid');
    const wrong = [
      await forged({}, { key: new Uint8Array(32).fill(8) }),
      await forged({}, { alg: 'HS512', key: new Uint8Array(64).fill(7) }),
      await forged({ iss: 'somebody' }),
      await forged({ aud: 'elsewhere' }),
      await forged({ role: 'owner' }),
      await forged({ exp: undefined }),
      await forged({ device: undefined }),
      `${btoa('{"alg":"none"}').replaceAll('=', '')}.${btoa('{}')}.`,
      'no token at all',
      '',
    ];
    for (const token of wrong) expect(await refusal(token)).toBe('unauthenticated');
  });

  it('O-TOK-3 a principal that no token may bear is refused when it is made', async () => {
    const bad = { ...AMY, device_id: 'till 1' };
    await expect(tokens.sign(bad, 60)).rejects.toThrow('make a token: device must match');
  });
});

describe('the key of the tokens', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'expeditor-key-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('O-TOK-4 is made on first use, readable by its owner alone, and kept', () => {
    const data = join(folder, 'data');
    const { current, previous } = openTokenKeys(data).keys();
    expect(current.bytes.length).toBe(32);
    expect(previous).toBeNull();
    expect(statSync(join(data, 'token.key')).mode & 0o777).toBe(0o600);
    expect(openTokenKeys(data).keys().current).toEqual(current);
    expect(readdirSync(data)).toEqual(['token.key']);
  });

  it('O-TOK-5 is refused where others may read it, and where it is cut short', () => {
    openTokenKeys(folder);
    const path = join(folder, 'token.key');
    chmodSync(path, 0o640);
    expect(() => openTokenKeys(folder)).toThrow(`others may read it (mode 640); run: chmod 600`);
    chmodSync(path, 0o600);
    writeFileSync(path, 'c2hvcnQ\n');
    expect(() => openTokenKeys(folder)).toThrow('it holds 5 bytes in place of 32');
  });

  it('O-TOK-6 a rotation logs nobody out: the key before stays good, the one before that does not', async () => {
    const clock = new SettableClock(NOW);
    const source = openTokenKeys(folder);
    const tokens = openTokens(source, clock);
    const first = await tokens.sign(AMY, 60);
    rotateTokenKey(folder, Date.now());
    const second = await tokens.sign(AMY, 60);
    expect(source.keys().previous).not.toBeNull();
    const kids = [first, second].map((token) => kidOf(token));
    expect(new Set(kids).size).toBe(2);
    for (const token of [first, second]) {
      expect((await tokens.verify(token)).kind).toBe('valid');
    }
    expect(() => rotateTokenKey(folder, Date.now())).toThrow('wait 20 minutes');
    rotateTokenKey(folder, Date.now() + 3_600_000);
    expect((await tokens.verify(first)).kind).toBe('refused');
    expect((await tokens.verify(second)).kind).toBe('valid');
    expect(readdirSync(folder).sort()).toEqual(['token.key', 'token.key.previous']);
  });

  it('O-TOK-8 a key older than a month is rotated by the hub itself, a younger one is not', () => {
    const { current } = openTokenKeys(folder).keys();
    rotateInTime(folder, silentLog)();
    expect(openTokenKeys(folder).keys().current).toEqual(current);
    const monthAgo = Date.now() / 1_000 - 32 * 24 * 3_600;
    utimesSync(join(folder, 'token.key'), monthAgo, monthAgo);
    rotateInTime(folder, silentLog)();
    expect(openTokenKeys(folder).keys().previous).toEqual(current);
  });
});

function kidOf(token: string): unknown {
  return (
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >
  )['kid'];
}
