/** Tokens that nobody may get in with: each is wrong in one way, or once was right. The one that is right is made with the same hands. */
import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';

/** What a token is made from; the list takes it apart. */
export interface Forge {
  readonly key: Uint8Array;
  readonly kid: string;
  /** UTC epoch milliseconds. */
  readonly now: number;
}

export interface HostileToken {
  readonly name: string;
  readonly token: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Parts {
  readonly header?: Json;
  readonly claims?: Json;
  readonly key?: Uint8Array | string;
  readonly hash?: string;
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function signed(forge: Forge, { header, claims, key, hash = 'sha256' }: Parts = {}): string {
  const head = base64({ alg: 'HS256', typ: 'at+jwt', kid: forge.kid, ...header });
  const seconds = Math.floor(forge.now / 1_000);
  const body = base64({
    ...{ sub: 'lucy', name: 'Lucy', role: 'cashier', branch: 'main', device: 'till-1' },
    ...{ iss: 'expeditor', aud: 'expeditor', iat: seconds, exp: seconds + 600, at: forge.now },
    ...claims,
  });
  const mac = createHmac(hash, key ?? forge.key)
    .update(`${head}.${body}`)
    .digest('base64url');
  return `${head}.${body}.${mac}`;
}

/** Wrong in its header: what it says of how, and with what, it was signed. */
export function wrongHeaders(forge: Forge): readonly HostileToken[] {
  const make = (header: Json, more: Parts = {}) => signed(forge, { header, ...more });
  const unsigned = (alg: string) => `${make({ alg }).split('.').slice(0, 2).join('.')}.`;
  const kids = [
    'AAAAAAAA',
    '',
    '../token.key',
    "' OR 1=1 --",
    'http://localhost/jwks',
    '__proto__',
  ];
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const [head = '', body = ''] = make({ alg: 'RS256' }).split('.');
  const rsa = signWith('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url');
  const jwk = { kty: 'oct', k: Buffer.from('mine').toString('base64url'), alg: 'HS256' };
  const mine = { key: 'mine' };
  return [
    ...['none', 'None', 'NONE', 'nOnE'].map((alg) => ({
      name: `alg ${alg}, no signature`,
      token: unsigned(alg),
    })),
    { name: 'alg none, with a signature', token: make({ alg: 'none' }) },
    { name: 'no alg', token: make({ alg: undefined }) },
    {
      name: 'HS256 of another key under our kid',
      token: make({}, { key: new Uint8Array(32).fill(1) }),
    },
    { name: 'HS256 of an empty key', token: make({}, { key: '' }) },
    { name: 'HS256 with its kid as the key', token: make({}, { key: forge.kid }) },
    ...kids.map((kid) => ({ name: `kid ${JSON.stringify(kid)}`, token: make({ kid }) })),
    { name: 'kid that is a number', token: make({ kid: 7 }) },
    { name: 'no kid', token: make({ kid: undefined }) },
    { name: 'HS384 of our key', token: make({ alg: 'HS384' }, { hash: 'sha384' }) },
    { name: 'HS512 of our key', token: make({ alg: 'HS512' }, { hash: 'sha512' }) },
    { name: 'RS256 over HMAC of our key', token: make({ alg: 'RS256' }) },
    { name: 'RS256 of a key of their own', token: `${head}.${body}.${rsa}` },
    { name: 'HS256 with a public key as the secret', token: make({}, { key: pem }) },
    { name: 'a jwk of their own', token: make({ jwk }, mine) },
    { name: 'a jwk of their own, no kid', token: make({ jwk, kid: undefined }, mine) },
    { name: 'a jku of their own', token: make({ jku: 'http://localhost/jwks' }, mine) },
    { name: 'an x5u of their own', token: make({ x5u: 'http://localhost/x5u' }, mine) },
    { name: 'crit that nobody knows', token: make({ crit: ['exp2'], exp2: 1 }) },
    { name: 'b64 false', token: make({ crit: ['b64'], b64: false }) },
    { name: 'typ JWT', token: make({ typ: 'JWT' }) },
    { name: 'typ rt+jwt', token: make({ typ: 'rt+jwt' }) },
    { name: 'no typ', token: make({ typ: undefined }) },
  ];
}

/** Signed with our key, and yet no token of ours: wrong in one claim. */
export function wrongClaims(forge: Forge): readonly HostileToken[] {
  const seconds = Math.floor(forge.now / 1_000);
  const wrong: readonly (readonly [string, Json])[] = [
    ['another issuer', { iss: 'somebody' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'elsewhere' }],
    ['audiences without ours', { aud: ['elsewhere', 'expeditor2'] }],
    ['no audience', { aud: undefined }],
    ['expired an hour ago', { exp: seconds - 3_600 }],
    ['expired by a second', { exp: seconds - 1 }],
    ['expired this second', { exp: seconds }],
    ['nbf in the future', { nbf: seconds + 60 }],
    ['no exp', { exp: undefined }],
    ['exp null', { exp: null }],
    ['exp as a string', { exp: String(seconds + 600) }],
    ['exp a fraction', { exp: seconds + 600.5 }],
    ['exp in a hundred years', { exp: seconds + 3_155_760_000 }],
    ['exp beyond all numbers', { exp: 1e300 }],
    ['at missing', { at: undefined }],
    ['at negative', { at: -1 }],
    ['sub missing', { sub: undefined }],
    ['sub empty', { sub: '' }],
    ['sub too long', { sub: 'a'.repeat(65) }],
    ['sub with a slash', { sub: '../admin' }],
    ['sub with a line break', { sub: 'lucy\n' }],
    ['sub a number', { sub: 7 }],
    ['name missing', { name: undefined }],
    ['role missing', { role: undefined }],
    ['role unknown', { role: 'owner' }],
    ['role in capitals', { role: 'ADMIN' }],
    ['several roles', { role: ['cashier', 'admin'] }],
    ['branch missing', { branch: undefined }],
    ['branch with a blank', { branch: 'main other' }],
    ['several branches', { branch: ['main', 'other'] }],
    ['device missing', { device: undefined }],
    ['device an object', { device: { id: 'till-1' } }],
    ['a login that is no id', { sid: '*' }],
  ];
  return wrong.map(([name, claims]) => ({ name, token: signed(forge, { claims }) }));
}

/** A good token that was bent on the way, and what is no token at all. */
export function wrongShapes(forge: Forge): readonly HostileToken[] {
  const good = signed(forge);
  const [head = '', body = '', mac = ''] = good.split('.');
  const other = signed(forge, { claims: { sub: 'sam' } }).split('.')[2] ?? '';
  const admin = signed(forge, { claims: { role: 'admin' } }).split('.')[1] ?? '';
  const altered = base64({ alg: 'HS256', typ: 'at+jwt', kid: forge.kid, extra: 1 });
  const general = { payload: body, signatures: [{ protected: head, signature: mac }] };
  const flat = { payload: body, protected: head, signature: mac };
  const bent = {
    garbage: 'garbage',
    'three dots and nothing': '..',
    null: 'null',
    'the signature left out': `${head}.${body}.`,
    'the signature and its dot left out': `${head}.${body}`,
    'the signature cut': good.slice(0, -5),
    'the signature of another token': `${head}.${body}.${other}`,
    'a role raised': `${head}.${admin}.${mac}`,
    'a header altered': `${altered}.${body}.${mac}`,
    'two dots in a row': `${head}..${body}.${mac}`,
    'four parts': `${good}.${mac}`,
    'five parts, as an encrypted one': `${head}.${mac}.${mac}.${body}.${mac}`,
    'padding behind': `${good}=`,
    'the alphabet of plain base64': `${head}.${body}.+${mac.slice(1)}/`,
    'the general JSON form': JSON.stringify(general),
    'the flat JSON form': JSON.stringify(flat),
    'twice over': `${good},${good}`,
    'Bearer in front': `Bearer ${good}`,
    'a dot in front': `.${good}`,
    'longer than any token of ours': `${good}${'A'.repeat(5_000)}`,
  };
  return Object.entries(bent).map(([name, token]) => ({ name, token }));
}
