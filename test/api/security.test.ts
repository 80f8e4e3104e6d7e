import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/index.js';
import { trustProxies } from '../../src/server/proxies.js';
import { readTls } from '../../src/server/tls.js';
import { Served } from './served.js';

let api: Served | undefined;
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

const pem = (name: string) => fileURLToPath(new URL(`../support/tls/${name}.pem`, import.meta.url));
const TLS = { tlsCert: pem('cert'), tlsKey: pem('key') };

async function headersOf(url: string, headers: Record<string, string> = {}) {
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  const asking = send(url, { rejectUnauthorized: false, headers } as object).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  response.resume();
  return response.headers;
}

describe('the security of pages and API', () => {
  it('A-SEC-1 answers load nothing, are framed by nobody, and are what their type says', async () => {
    api = await Served.start();
    for (const path of ['/', '/docs', '/docs/errors', '/healthz', '/api/v1/branches/main']) {
      const headers = await headersOf(api.server.url + path);
      const policy = String(headers['content-security-policy']);
      expect(policy, path).toMatch(/default-src 'none';.*frame-ancestors 'none'/);
      expect(policy).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
      expect(headers).not.toHaveProperty('strict-transport-security');
    }
  });

  it('A-SEC-2 a page of a foreign origin changes nothing; one that is allowed, and no page, may', async () => {
    api = await Served.start({ allowedOrigins: ['https://till.example'] });
    const body = { name: 'shift.open', payload: { opening_float: 1 } };
    const send = (origin?: string) =>
      api?.ask('POST', '/branches/main/commands', {
        body,
        headers: { 'idempotency-key': 'k', ...(origin !== undefined && { origin }) },
      });
    for (const origin of ['https://evil.example', 'null', 'https://till.example.evil.example']) {
      expect(await send(origin)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    for (const origin of ['https://till.example', api.server.url, undefined]) {
      expect((await send(origin))?.status).toBe(200);
    }
    const reading = await api.ask('GET', '/branches/main', {
      headers: { origin: 'https://evil.example' },
    });
    expect(reading.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('A-SEC-3 speaks HTTPS and WSS with a certificate of its own, and says so to browsers', async () => {
    api = await Served.start(TLS);
    const { url } = api.server;
    expect(url).toMatch(/^https:/);
    const headers = await headersOf(`${url}/healthz`);
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    const socket = new WebSocket(`${url.replace('https', 'wss')}/ws`, ['expeditor.v1.json'], {
      rejectUnauthorized: false,
    });
    await once(socket, 'open');
    socket.send(
      JSON.stringify({ type: 'hello', id: '1', token: await api.token({ role: 'waiter' }) }),
    );
    const [text] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(text.toString())).toMatchObject({ type: 'welcome' });
    socket.close();
  });

  it('A-SEC-4 a mistake in the TLS files stops the start with one line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'expeditor-tls-'));
    const broken = join(folder, 'broken.pem');
    writeFileSync(broken, 'nothing');
    const cases = [
      [
        { ...TLS, tlsKey: pem('other-key') },
        /^--tls-key: ".*" is not the key of ".*"; give its own$/,
      ],
      [{ ...TLS, tlsCert: broken }, /^--tls-cert: ".*" holds none that can be read/],
      [{ ...TLS, tlsKey: broken }, /^--tls-key: ".*" holds none that can be read/],
      [{ ...TLS, tlsKey: join(folder, 'none.pem') }, /^--tls-key: ENOENT/],
    ] as const;
    for (const [files, message] of cases) expect(() => readTls(files)).toThrow(message);
    rmSync(folder, { recursive: true });
    const half = { flags: { tlsCert: 'cert.pem' }, environment: {}, envFile: {} };
    expect(() => readConfig(half)).toThrow('speak TLS: --tls-key is missing; give both files');
  });

  it('A-SEC-5 what a proxy says of its client counts where the proxy is trusted, and nowhere else', async () => {
    api = await Served.start();
    const forwarded = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
    const untrusted = await headersOf(`${api.server.url}/healthz`, forwarded);
    expect(untrusted).not.toHaveProperty('strict-transport-security');
    await api.stop();
    api = await Served.start({ trustedProxies: ['127.0.0.0/8'] });
    const trusted = await headersOf(`${api.server.url}/healthz`, forwarded);
    expect(trusted).toHaveProperty('strict-transport-security');
  });

  it('A-SEC-5 the client is the first hop that is no trusted proxy, however many are pretended', () => {
    const proxies = trustProxies(['10.0.0.0/8', '::1']);
    const from = (remoteAddress: string, hops?: string) =>
      proxies.clientAddress({
        socket: { remoteAddress },
        headers: hops === undefined ? {} : { 'x-forwarded-for': hops },
      } as unknown as IncomingMessage);
    expect(from('10.0.0.1', '198.51.100.9, 203.0.113.7, 10.0.0.2')).toBe('203.0.113.7');
    expect(from('::1', '203.0.113.7')).toBe('203.0.113.7');
    expect(from('::ffff:10.0.0.1', '203.0.113.7')).toBe('203.0.113.7');
    expect(from('192.0.2.1', '203.0.113.7')).toBe('192.0.2.1');
    expect(from('10.0.0.1')).toBe('10.0.0.1');
  });

  it('A-SEC-6 a list of proxies that will not do stops the start', () => {
    for (const trustedProxies of ['all', '10.0.0.0/33', 'proxy.example', '1.2.3.4/', '::1/129']) {
      const sources = { flags: { trustedProxies }, environment: {}, envFile: {} };
      expect(() => readConfig(sources)).toThrow('--trusted-proxies');
    }
  });
});
