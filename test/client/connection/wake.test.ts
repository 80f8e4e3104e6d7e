import { afterEach, describe, expect, it, vi } from 'vitest';
import { globalWake } from '../../../src/client/connection/wake.js';
import type { ClientOptions } from '../../../src/client/index.js';
import { scene, type Scene } from '../support.js';

function wakeable(options: Partial<ClientOptions> = {}): Scene & { wake(): void } {
  const listeners = new Set<() => void>();
  const made = scene({
    wake: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...options,
  });
  return {
    ...made,
    wake: () => {
      for (const listener of listeners) listener();
    },
  };
}

describe('wake', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('C-CONN-12 cuts a long wait short, as after a first failure', () => {
    const { client, timers, connections, connection, wake } = wakeable();
    for (let tries = 0; tries < 6; tries += 1) {
      connection().cut();
      timers.advance(10_000);
    }
    connection().cut();
    expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: 10_000 });
    const before = connections.length;
    wake();
    expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: 500 });
    timers.advance(500);
    expect(connections).toHaveLength(before + 1);
    timers.advance(9_500);
    expect(connections).toHaveLength(before + 1);
  });

  it('C-CONN-12 but not what the hub asked for', () => {
    const { client, timers, connection, wake } = wakeable();
    connection().welcome();
    connection().say({ type: 'notice', code: 'draining', message: '', retryAfterMs: 7_000 });
    connection().say({ type: 'notice', code: 'lagging', message: '' });
    connection().cut(1012);
    timers.advance(1_000);
    wake();
    expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: 6_500 });
  });

  it('C-CONN-12 a wait that came to its end while the machine slept is over', () => {
    const { clock, timers, connection, connections } = scene();
    connection().welcome();
    connection().say({ type: 'notice', code: 'draining', message: '', retryAfterMs: 60_000 });
    connection().cut(1012);
    clock.advance(30_000);
    timers.advance(1_000);
    expect(connections).toHaveLength(1);
    clock.advance(30_000);
    timers.advance(250);
    expect(connections).toHaveLength(2);
  });

  it('C-CONN-13 pings a hub that was silent for some seconds, and gives it up after 3 s', () => {
    const { client, timers, connection, wake } = wakeable();
    connection().welcome();
    timers.advance(1_000);
    wake();
    expect(connection().all('ping')).toHaveLength(0);
    timers.advance(3_000);
    wake();
    expect(connection().all('ping')).toHaveLength(1);
    connection().heartbeat(0);
    timers.advance(3_000);
    expect(client.state.kind).toBe('live');
    wake();
    timers.advance(2_999);
    expect(client.state.kind).toBe('live');
    timers.advance(1);
    expect(client.state).toMatchObject({ kind: 'offline', reason: 'the hub is silent' });
  });

  it('C-CONN-14 in a browser: online, pageshow, and when the page is seen again; never after close', () => {
    const page = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    vi.stubGlobal('document', document);
    let wakes = 0;
    const stop = globalWake(() => {
      wakes += 1;
    });
    document.dispatchEvent(new Event('visibilitychange'));
    expect(wakes).toBe(0);
    document.visibilityState = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    page.dispatchEvent(new Event('online'));
    page.dispatchEvent(new Event('pageshow'));
    page.dispatchEvent(new Event('offline'));
    expect(wakes).toBe(3);
    stop();
    page.dispatchEvent(new Event('online'));
    document.dispatchEvent(new Event('visibilitychange'));
    expect(wakes).toBe(3);
  });
});
