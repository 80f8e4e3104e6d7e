/** The page that a problem document's `type` points to: what each code means, one anchor a code. */
import { REFUSALS, type RefusalCode } from '../../base/refusal.js';
import { PROBLEM_TITLES } from '../problem.js';
import { cspForStyle } from '../security.js';

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; } th, td { text-align: start; padding: .3rem .8rem .3rem 0; }
  tr:target { outline: 2px solid; }
`;

/** Nothing but this page's own style is let in. */
export const ERROR_PAGE_CSP = cspForStyle(STYLE);

export function errorPage(): string {
  const rows = (Object.keys(REFUSALS) as RefusalCode[]).map((code) => {
    const { status, retryable } = REFUSALS[code];
    const again = retryable ? 'yes' : 'no';
    const title = PROBLEM_TITLES[code];
    return `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${title}<td>${again}`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Error codes of Expeditor</title>
<style>${STYLE}</style>
<h1>Error codes</h1>
<p>The same over HTTP and WebSocket. What may be tried again may be so as it is, after
<code>retryAfterMs</code> or <code>Retry-After</code> where it says so.</p>
<table>
<thead><tr><th>Code<th>Status<th>Meaning<th>Try again</thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p><a href="/docs">The API</a></p>
</html>
`;
}
