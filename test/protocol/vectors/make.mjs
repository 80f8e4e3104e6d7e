/**
 * Writes the golden vectors: node test/protocol/vectors/make.mjs [folder of the compiled program, default dist]. Bytes of
 * broken messages are written out by hand here; all others are encoded. Run `npm run format` after it. A vector that is published does not change.
 */
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { applyVectors } from './make-apply.mjs';
import { brokenVectors, numberVectors } from './make-bytes.mjs';
import { acceptedVectors, refusedVectors } from './make-client.mjs';
import { closeVectors, errorVectors, noticeVectors, warningVector } from './make-codes.mjs';
import { commandVectors, queryVectors, viewVectors } from './make-commands.mjs';
import { hubVectors } from './make-hub.mjs';

const compiled = resolve(process.argv[2] ?? 'dist', 'protocol', 'codec.js');
const { encode } = await import(pathToFileURL(compiled).href);
const { parseClientMessage } = await import(pathToFileURL(resolve(compiled, '../parse.js')).href);

const hex = (message) => Buffer.from(encode(message, 'msgpack')).toString('hex');
const withBytes = (vectors) =>
  vectors.map((vector) => ({
    ...vector,
    msgpack: hex(vector.message),
    json: JSON.stringify(vector.message),
  }));
const withReason = ({ ...vector }) => ({
  ...vector,
  reason: parseClientMessage(Buffer.from(vector.bytes, 'hex'), vector.encoding).reason,
});

function write(name, about, vectors) {
  const file = new URL(`./${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify({ protocol: 1, about, vectors }, null, 2)}\n`);
}

write(
  'accepted',
  'Messages from a client that the hub takes. `msgpack` (hex) and `json` (text) are one right encoding of `message` each; `read` is what the hub understands, where it is not the message itself.',
  withBytes([...acceptedVectors, ...commandVectors, ...queryVectors, ...viewVectors]),
);
write(
  'refused',
  'Messages from a client that are answered with an `error` of `code` and `details`. `id` and `key`: what the error repeats.',
  withBytes(refusedVectors),
);
write(
  'broken',
  'Bytes from a client that end the connection with `close` and the text `reason` in the close frame. `bytes` is hex, `encoding` the sub-protocol that they came by.',
  brokenVectors.map(withReason),
);
write(
  'hub',
  'Messages from the hub. `msgpack` (hex) and `json` (text) are one right encoding of `message` each; a client must read both as that.',
  withBytes([...hubVectors, ...errorVectors, ...noticeVectors, warningVector]),
);
write(
  'closes',
  'How a connection ends: whether a client should come back with the credentials that it has (`reconnect`).',
  closeVectors,
);
write(
  'numbers',
  'Forms in which an integer may arrive in MessagePack: `msgpack` is a map with the one key `n`, `value` the number.',
  numberVectors,
);
write(
  'apply',
  'The rule of deltas: a client that holds `held` and gets `message` does `outcome`, and then holds `then` (absent: what it held).',
  applyVectors,
);
