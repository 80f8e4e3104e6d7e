/** The page that somebody sees who opens the hub's address in a browser: what this is, how it fares, how to look on. */
import { escaped } from '../api/escaped.js';
import { cspForStyle } from '../api/security.js';

export interface PageFacts {
  readonly version: string;
  readonly state: string;
  readonly durability: string;
  readonly host: string;
  /** The page came over TLS. */
  readonly secure: boolean;
}

const STATES: Readonly<Record<string, string>> = {
  ready: 'ready: orders are taken',
  storage_unavailable: 'reading only: its disk takes no writes at the moment',
  draining: 'going down: no new orders are taken',
  closed: 'closed',
};

const DURABILITIES: Readonly<Record<string, string>> = {
  full: 'full: every change is on the disk before it is acknowledged',
  normal: 'normal: a power cut may take the last moments',
  none: 'none: everything is in memory and gone with the process',
};

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
  dt { font-weight: 600; } dd { margin: 0 0 .6rem; }
  pre { padding: .8rem; overflow-x: auto; border: 1px solid; border-radius: .4rem; }
`;

/** Nothing but this page's own style is let in. */
export const WELCOME_CSP = cspForStyle(STYLE);

export function welcomePage({ version, state, durability, host, secure }: PageFacts): string {
  const address = escaped(`${secure ? 'wss' : 'ws'}://${host}/ws`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Expeditor</title>
<style>${STYLE}</style>
<h1>Expeditor</h1>
<p>The hub between the tills and the kitchen of a restaurant. It is running; tills and kitchen
screens connect to it, people do not need this page.</p>
<dl>
  <dt>Version</dt><dd>${escaped(version)}</dd>
  <dt>State</dt><dd>${escaped(STATES[state] ?? state)}</dd>
  <dt>Durability</dt><dd>${escaped(DURABILITIES[durability] ?? durability)}</dd>
  <dt>WebSocket</dt><dd><code>${address}</code>
    (<code>expeditor.v1.msgpack</code> or <code>expeditor.v1.json</code>)</dd>
</dl>
<p>To watch the kitchen's board in a terminal, on the machine that the hub runs on:</p>
<pre>node dist/server/main.js watch --view kitchen --data DIR</pre>
<p>where DIR is the hub's data directory.</p>
<p>For programmers: <a href="/docs">the API</a>. For machines: <a href="/healthz">health</a>, <a href="/readyz">readiness</a>,
<a href="/metrics">metrics</a>.</p>
</html>
`;
}
