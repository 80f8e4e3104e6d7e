/**
 * What must not stand in a log, taken out of a finished line: tokens, fields with secrets at any depth, card data. A line
 * that cannot have any costs two looks.
 */
import { constants } from 'node:os';
import { CARD_MASK, cardDataIn, isCardField, withoutCardData } from '../base/card-data.js';
import { withoutTokens } from '../base/token-text.js';

const HIDDEN = '[hidden]';

/** In lower case, without underscores and dashes. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  ...['token', 'accesstoken', 'refreshtoken', 'secret', 'authorization', 'cookie', 'setcookie'],
  ...['password', 'passwordhash', 'pin', 'pinhash', 'pairingcode', 'sentrydsn'],
]);
/** A part of each of their names and of those of card fields; and the sign of escapes, which may stand for anything. */
const HINT =
  /\\|token|dsn|secret|authori|cookie|password|pin|code|cvv|cvc|cvn|ccv|csc|cid|pan|card|track|cc_?n/i;

/** A field of JSON inside a text. */
const FIELD_IN_TEXT = /("([\w-]{2,30})"\s{0,4}:\s{0,4})("[^"]*"|\d+)/g;

/** The codes of errors and refusals, which a field `code` may show; others may be for pairing. */
const ERROR_CODE = /^(?:[a-z_]+|[A-Z]+(?:_[A-Z\d]+)+)$/;

/** `line`: JSON and a line's end, as the log writes it. */
export function scrubLine(line: string): string {
  const text = withoutTokens(line);
  if (!HINT.test(text) && cardDataIn(text) === null) return text;
  try {
    return `${JSON.stringify(JSON.parse(text), scrubField)}\n`;
  } catch {
    return withoutCardData(text);
  }
}

function scrubField(name: string, value: unknown): unknown {
  if (isSecret(name, value)) return HIDDEN;
  if (isCardField(name)) return CARD_MASK;
  if (typeof value === 'string') return withoutCardData(withoutSecrets(value));
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return cardDataIn(String(value)) === null ? value : CARD_MASK;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [withoutCardData(key), field as unknown]),
  );
}

function withoutSecrets(text: string): string {
  return text.replace(FIELD_IN_TEXT, (field, name: string, key: string, value: string) =>
    isSecret(key, value) ? `${name}"${HIDDEN}"` : field,
  );
}

function isSecret(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  const plain = name.toLowerCase().replace(/[_-]/g, '');
  return SECRET_FIELDS.has(plain) || (plain === 'code' && isMaybePairingCode(value));
}

/** Codes of errors are words, of connections that end numbers. */
function isMaybePairingCode(value: unknown): boolean {
  return typeof value === 'string' && !ERROR_CODE.test(value) && !(value in constants.errno);
}
