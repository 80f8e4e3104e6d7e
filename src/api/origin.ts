/** Which web pages may connect. Browsers send `Origin` and pages cannot forge it; programs that are no browsers send none. */

/** `allowed` holds origins as browsers write them: `https://till.example`, with the port where it is not the usual one. */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  if (!URL.canParse(origin) || host === undefined) return false;
  return new URL(origin).host === host.toLowerCase();
}
