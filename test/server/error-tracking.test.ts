import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../../src/base/clock.js';
import { silentLog } from '../../src/base/log.js';
import { readConfig, type ErrorFields } from '../../src/index.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { sentryTracker, trackedLog } from '../../src/server/error-tracking.js';
import { Served } from '../api/served.js';
import { ManualTimers } from '../support/manual-timers.js';
import { Ingest } from './ingest.js';

let ingest: Ingest;
let served: Served | undefined;
beforeEach(async () => {
  ingest = await Ingest.start();
});
afterEach(async () => {
  await served?.stop();
  served = undefined;
  await ingest.close();
});

const FIELDS = { message: 'a test failed', version: '1.2.3' };

/** A store whose figures cannot be had: /metrics fails. */
function brokenStore() {
  const nextTick = (run: () => void) => void setImmediate(run);
  const store = createMemoryStore({ clock: { now: () => 1 }, newId: () => 'e', nextTick });
  return Object.assign(store, {
    stats: (): never => {
      throw new TypeError('the figures of "Zebedee Quill" are broken');
    },
  });
}

async function failingRequest(): Promise<string> {
  const response = await fetch(`${served?.server.url ?? ''}/metrics`);
  expect(response.status).toBe(500);
  return response.headers.get('x-correlation-id') ?? '';
}

describe('error tracking', () => {
  it('M-ERR-1 tells the hook of whoever embeds the hub of a failed request, with its correlation id', async () => {
    const told: [Error, ErrorFields][] = [];
    const errorTracker = { report: (...of: [Error, ErrorFields]) => void told.push(of) };
    served = await Served.start({}, { errorTracker, store: brokenStore() });
    const correlationId = await failingRequest();
    expect(told).toHaveLength(1);
    const [[error, fields] = []] = told;
    expect(error).toBeInstanceOf(TypeError);
    expect(correlationId).not.toBe('');
    expect(fields).toEqual({ message: 'a request failed', version: '0.1.0', correlationId });
  });

  it('M-ERR-2 with a DSN it sends an envelope with type, cleaned message, stack and tags', async () => {
    served = await Served.start({ sentryDsn: ingest.dsn }, { store: brokenStore() });
    const correlationId = await failingRequest();
    await served.stop();
    served = undefined;
    expect(ingest.envelopes).toHaveLength(1);
    const [{ url, event } = { url: '', event: {} }] = ingest.envelopes;
    expect(url).toMatch(/^\/api\/42\/envelope\/\?.*sentry_key=publickey/);
    expect(event).toMatchObject({
      level: 'error',
      release: 'expeditor@0.1.0',
      tags: {
        version: '0.1.0',
        doing: 'a request failed',
        correlation_id: correlationId,
      },
      exception: {
        values: [{ type: 'TypeError', value: 'the figures of [hidden] are broken' }],
      },
    });
    const { exception } = event as {
      exception: { values: [{ stacktrace: { frames: { filename: string; lineno: number }[] } }] };
    };
    const { frames } = exception.values[0].stacktrace;
    expect(frames.map(({ filename }) => filename)).toContain('src/server/metrics.ts');
    expect(frames.filter(({ filename }) => filename.startsWith('/'))).toEqual([]);
  });

  it('M-ERR-3 no secret, payload, person, path or name of the machine is in what is sent', async () => {
    const tracker = await sentryTracker(ingest.dsn, systemTimers);
    const log = trackedLog({
      log: silentLog,
      tracker,
      version: '1.2.3',
      correlation: () => 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbXkifQ.c2lnbmF0dXJl',
    });
    const secrets = [
      'unexpected value: {"customer_name":"Zebedee Quill","pin":"4711"}',
      "card '4111 1111 1111 1111' of amy@example.localhost",
      'phone +44 20 7946 0958 and token rt_9f8e7d6c5b4a39281706f5e4d3c2b1a0',
      'said `Zebedee Quill`\n    at Zebedee.Quill (/home/zebedee/quill.js:1:1)',
    ];
    for (const message of secrets) {
      const err = Object.assign(new Error(message), { payload: { name: 'Zebedee Quill' } });
      log.error({ err, command: 'order.open', payload: message, key: 'Quill' }, 'a command failed');
    }
    log.error({ err: { name: 'Zebedee Quill' } }, 'a command failed');
    await tracker.flush?.(2_000);
    expect(ingest.envelopes).toHaveLength(secrets.length + 1);
    const all = ingest.envelopes.map(({ body }) => body).join('\n');
    expect(all).toContain('"command":"order.open"');
    for (const word of [
      'ebedee',
      'Quill',
      '4711',
      '1111',
      'amy',
      '7946',
      '9f8e7d',
      'eyJ',
      '/home',
    ]) {
      expect(all, word).not.toContain(word);
    }
    expect(all).not.toMatch(/server_name|"user"|"request"|breadcrumbs|"extra"/);
  });

  it('M-ERR-4 without a DSN nothing is ever sent anywhere', async () => {
    const asked: string[] = [];
    const { fetch: real } = globalThis;
    globalThis.fetch = (input, init) => {
      asked.push(input instanceof Request ? input.url : String(input));
      return real(input, init);
    };
    try {
      served = await Served.start({}, { store: brokenStore() });
      await failingRequest();
      await served.stop();
      expect(asked).toEqual([`${served.server.url}/metrics`]);
    } finally {
      globalThis.fetch = real;
      served = undefined;
    }
    expect(ingest.envelopes).toEqual([]);
  });

  it('M-ERR-5 a DSN that is none stops the start in one line, which does not repeat it', () => {
    const bad = ['nonsense', 'https://host/1', 'https://s3cret@host/name', 'ftp://s3cret@host/1'];
    for (const dsn of bad) {
      const read = () => readConfig({ flags: { sentryDsn: dsn }, environment: {}, envFile: {} });
      expect(read, dsn).toThrow(
        /^--sentry-dsn: what was given will not do; it must be a DSN like [^\n]*$/,
      );
      expect(read, dsn).not.toThrow('s3cret');
    }
    const environment = { EXPEDITOR_SENTRY_DSN: ingest.dsn };
    expect(readConfig({ flags: {}, environment, envFile: {} }).config.sentryDsn).toBe(ingest.dsn);
  });

  it('M-ERR-6 an error that comes all the time is sent 60 times a minute', async () => {
    const timers = new ManualTimers();
    const tracker = await sentryTracker(ingest.dsn, timers);
    const report = async (times: number) => {
      for (let nth = 0; nth < times; nth += 1) {
        tracker.report(new Error('again'), FIELDS);
        if (nth % 10 === 9) await tracker.flush?.(2_000);
      }
    };
    await report(100);
    expect(ingest.envelopes).toHaveLength(60);
    timers.advance(60_000);
    await report(10);
    expect(ingest.envelopes).toHaveLength(70);
  });

  it('M-ERR-7 an endpoint that does not answer holds up nothing: 32 wait, and a flush ends', async () => {
    ingest.isStuck = true;
    const tracker = await sentryTracker(ingest.dsn, systemTimers);
    for (let nth = 0; nth < 50; nth += 1) tracker.report(new Error('stuck'), FIELDS);
    await tracker.flush?.(100);
    expect(ingest.envelopes.length).toBeLessThanOrEqual(32);
    const { dsn } = ingest;
    await ingest.close();
    const gone = await sentryTracker(dsn, systemTimers);
    gone.report(new Error('nobody is there'), FIELDS);
    await gone.flush?.(1_000);
    ingest = await Ingest.start();
  });

  it('M-ERR-8 a hook that throws is said in the log and harms nothing', () => {
    const warned: string[] = [];
    const log = trackedLog({
      log: { ...silentLog, warn: (_fields, message) => void warned.push(message) },
      tracker: {
        report() {
          throw new Error('the hook is broken');
        },
      },
      version: '1.2.3',
      correlation: () => undefined,
    });
    log.error({ err: new Error('x') }, 'a command failed');
    log.error({ reason: 'no space' }, 'the store is full');
    expect(warned).toEqual(['the error tracker threw: the error is in this log alone']);
  });
});
