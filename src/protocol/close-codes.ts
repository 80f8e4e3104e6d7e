/** Why a connection ended. Those from 4400 to 4409 end the matter, 4410 to 4499 and 10xx (but 1000 and 1001) say: reconnect. */
export const CLOSE = {
  done: 1000,
  goingAway: 1001,
  messageTooBig: 1009,
  restarting: 1012,
  overloaded: 1013,
  brokenMessage: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  helloTimeout: 4408,
  replaced: 4409,
  tooSlow: 4413,
  tooManyMessages: 4429,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Whether a client should come back with the credentials that it has. */
export function shouldReconnect(code: number): boolean {
  if (code >= 4400 && code <= 4409) return false;
  return code !== CLOSE.done && code !== CLOSE.goingAway;
}
