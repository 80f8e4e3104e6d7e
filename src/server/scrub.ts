/** Cleans an error's message before it leaves the machine: what it quotes may be data, so everything quoted goes. */

export const HIDDEN = '[hidden]';
const CHARACTERS_MAX = 300;

const QUOTED: readonly RegExp[] = [
  /** JSON, from its first bracket to its last. */
  /[{[][^]*[}\]]/g,
  /"[^"]*"?|'[^']*'|`[^`]*`?/g,
  /** An address of e-mail, or of a site with its credentials. */
  /\S+@\S+/g,
  /** Card and telephone numbers, with separators. */
  /\d(?:[\d .-]{4,})\d/g,
  /** Tokens, keys and ids: long words that hold a digit. */
  /(?=[\w.-]*\d)[\w.-]{20,}/g,
];

export function scrubbed(text: string): string {
  const clean = QUOTED.reduce((left, quoted) => left.replace(quoted, HIDDEN), text);
  return clean.slice(0, CHARACTERS_MAX);
}
