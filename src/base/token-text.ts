/** Tokens in text: signed ones and refresh tokens, known by how they begin. */

const TOKEN = String.raw`\b(?:eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|ert1\.[\w.-]+)`;
const ANY = new RegExp(TOKEN);
const ALL = new RegExp(TOKEN, 'g');

const MASK = '[hidden]';

export function holdsToken(text: string): boolean {
  return ANY.test(text);
}

/** The text with `[hidden]` for each token in it. */
export function withoutTokens(text: string): string {
  return text.replace(ALL, MASK);
}
