/** Pages for browser tests: each is a bundle of one TypeScript file, served on the machine itself. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url));
/** A name that the browser resolves to this machine: http on it is no secure context, as on a LAN address. */
export const LAN_HOST = 'hub.lan';

export interface Site {
  readonly port: number;
  /** A secure context. */
  readonly url: string;
  /** The same pages, but not a secure context, and an origin of its own. */
  readonly lanUrl: string;
  close(): Promise<void>;
}

async function bundle(name: string): Promise<string> {
  const build = await rolldown({
    input: `${PAGES}${name}.ts`,
    platform: 'browser',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return output[0].code;
}

function html(name: string): string {
  return `<!doctype html><meta charset="utf-8"><title>${name}</title><script type="module" src="/${name}.js"></script>`;
}

/** Serves /NAME for each of test/browser/pages/NAME.ts. */
export async function serveSite(names: readonly string[]): Promise<Site> {
  const files = new Map<string, { readonly type: string; readonly body: string }>();
  for (const name of names) {
    files.set(`/${name}`, { type: 'text/html', body: html(name) });
    files.set(`/${name}.js`, { type: 'text/javascript', body: await bundle(name) });
  }
  const server: Server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': file?.type ?? 'text/plain',
    });
    response.end(file?.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    lanUrl: `http://${LAN_HOST}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
