/** Cleans an error's message before it leaves the machine: what it quotes may be data, so everything quoted goes. */

const HIDDEN = '[hidden]';
const CHARACTERS_MAX = 300;

const QUOTED: readonly RegExp[] = [
  /** JSON, from its first bracket to its last. */
  /[{[][^]*[}\]]/g,
  /"[^"]*"?|'[^']*'|`[^`]*`?/g,
  /** An address of e-mail, or of a site with its credentials. */
  /\S+@\S+/g,
  /** A path from the root. */
  /(?<!\w)\/\S+/g,
  /** Tokens, keys and ids: long words that hold a digit. */
  /(?=[\w.-]*\d)[\w.-]{20,}/g,
  /** Card and telephone numbers, with separators. */
  /\d(?:[\d .-]{4,})\d/g,
];

/** Of the first line, what is not quoted. */
export function scrubbed(text: string): string {
  const clean = QUOTED.reduce((left, quoted) => left.replace(quoted, HIDDEN), text);
  return (clean.split('\n', 1)[0] ?? '').slice(0, CHARACTERS_MAX);
}
