/** Vectors of bytes: what no message may be, and the forms of a number. */
import { Buffer } from 'node:buffer';

const text = (json) => Buffer.from(json, 'utf8').toString('hex');
const packed = (meaning, bytes, close = 4400) => ({ meaning, encoding: 'msgpack', bytes, close });
const json = (meaning, source, close = 4400) => ({
  meaning,
  encoding: 'json',
  bytes: text(source),
  close,
});

export const brokenVectors = [
  packed('no bytes', ''),
  packed('an array at the top', '9101'),
  packed('nil', 'c0'),
  packed('a map without a type', '80'),
  packed('a type that is a number', '81a47479706507'),
  packed('cut off inside a text', '81a474797065a47069'),
  packed('an array of four billion in seven bytes', '81a161ddffffffff'),
  packed('bytes behind the message', '81a474797065a470696e67c0'),
  packed(
    'an extension: fixext 1, as some libraries write undefined',
    '82a474797065a470696e67a161d40000',
  ),
  packed('an extension: a timestamp', '82a474797065a470696e67a161d6ff00000000'),
  packed('a key that is a number', '82a474797065a470696e670101'),
  packed('the key __proto__', '82a474797065a470696e67a95f5f70726f746f5f5f80'),
  packed('the key constructor', '82a474797065a470696e67ab636f6e7374727563746f7280'),
  packed('text that is not UTF-8', '82a474797065a470696e67a26964a2c328'),
  packed('a surrogate in UTF-8', '82a474797065a470696e67a26964a3eda080'),
  packed('seventeen levels', `82a474797065a470696e67a161${'91'.repeat(16)}c0`),
  packed('the byte that MessagePack never uses', '82a474797065a470696e67a161c1'),
  json('no text', ''),
  json('an array at the top', '[]'),
  json('a map without a type', '{}'),
  json('a type that is null', '{"type":null}'),
  json('two messages', '{"type":"ping","id":"1"}{"type":"ping","id":"2"}'),
  json('a comma too many', '{"type":"ping","id":"1",}'),
  json('the key __proto__', '{"type":"ping","__proto__":{}}'),
  json('the key constructor, escaped', '{"type":"ping","a":{"\\u0063onstructor":1}}'),
  json('half a surrogate pair', '{"type":"ping","id":"\\ud83d"}'),
  json('seventeen levels', `{"type":"ping","a":${'['.repeat(16)}${']'.repeat(16)}}`),
  { meaning: 'not UTF-8', encoding: 'json', bytes: '7b2274797065223a22ff227d', close: 4400 },
  json('a byte order mark', '\ufeff{"type":"ping","id":"1"}'),
];

export const numberVectors = [
  { meaning: 'positive fixint', msgpack: '81a16e07', value: 7 },
  { meaning: 'negative fixint', msgpack: '81a16eff', value: -1 },
  { meaning: 'uint 8', msgpack: '81a16ecc80', value: 128 },
  { meaning: 'uint 16', msgpack: '81a16ecd0100', value: 256 },
  { meaning: 'uint 32', msgpack: '81a16eceffffffff', value: 4294967295 },
  { meaning: 'int 32', msgpack: '81a16ed280000000', value: -2147483648 },
  { meaning: 'a time as float 64', msgpack: '81a16ecb4279ab697e800000', value: 1764000000000 },
  { meaning: 'the same as uint 64', msgpack: '81a16ecf0000019ab697e800', value: 1764000000000 },
  { meaning: 'the same as int 64', msgpack: '81a16ed30000019ab697e800', value: 1764000000000 },
  { meaning: 'a small number as int 64', msgpack: '81a16ed30000000000000007', value: 7 },
  { meaning: 'a small number as float 64', msgpack: '81a16ecb401c000000000000', value: 7 },
  { meaning: 'a negative int 64', msgpack: '81a16ed3fffffffffffffff6', value: -10 },
];
