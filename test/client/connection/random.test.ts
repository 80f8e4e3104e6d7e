import { describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../../src/client/index.js';
import { Random } from '../../support/random-traffic/random.js';
import { seedsToRun } from '../../support/seeds.js';
import { scene, settle, type HandConnection, type Scene } from '../support.js';

const CODES = [1005, 1006, 1009, 1011, 1012, 1013, 4401, 4410, 4413, 4429, 4499];
const STEPS = 200;

/** Those that the test ended from the hub's side. */
const ended = new WeakSet<HandConnection>();

/** One client against a hub that fails in every way that a test by hand can make. */
class Evening {
  readonly random: Random;
  readonly scene: Scene;
  readonly states: ConnectionState[] = [];
  faults = true;
  #tokens = 0;
  #version = 0;

  constructor(seed: number) {
    const random = new Random(seed);
    this.random = random;
    this.scene = scene({ token: () => this.#token(), random: random.next });
    this.scene.client.onState((state) => this.states.push(state));
  }

  /** Links that neither side has ended. */
  open(): HandConnection[] {
    return this.scene.connections.filter((one) => !one.closedByClient && !ended.has(one));
  }

  async step(): Promise<void> {
    const { random, scene: made } = this;
    const newest = made.connections.at(-1);
    const old = random.pick(made.connections.slice(0, -1));
    switch (random.whole(0, 9)) {
      case 0:
        if (newest !== undefined) this.cut(newest);
        break;
      case 1:
        // Late events of an older socket, as networks bring them.
        if (old !== undefined) {
          old.delta(this.#version, this.#version + 50, 'ghost');
          this.cut(old);
        }
        break;
      case 2:
        made.clock.advance(random.whole(0, 60_000));
        break;
      case 3:
        made.timers.freeze(random.whole(0, 60_000));
        break;
      case 4:
        newest?.garble();
        break;
      case 5:
        break;
      default:
        if (newest !== undefined) this.serve(newest);
    }
    made.timers.advance(random.whole(0, 12_000));
    await settle();
    this.check();
  }

  /** What a hub that is well would do. */
  serve(connection: HandConnection): void {
    if (!this.open().includes(connection)) return;
    const serverTime = 1_000_000 + this.scene.timers.monotonicMs();
    if (connection.sent.length === 0) connection.welcome({ serverTime });
    if (connection.all('ping').length > 0) connection.pong(serverTime);
    if (connection.all('auth').length > 0) connection.renewed();
    if (connection.all('subscribe').length > 0) {
      this.#version += 1;
      connection.snapshot(this.#version, []);
    }
    connection.heartbeat(this.#version, serverTime);
  }

  cut(connection: HandConnection): void {
    if (ended.has(connection)) return;
    ended.add(connection);
    connection.cut(this.random.pick(CODES));
  }

  check(): void {
    const { client } = this.scene;
    const replica = client.subscribe('main/kitchen');
    expect(replica.tables.get('order_line')?.has('ghost') ?? false).toBe(false);
    expect(this.open().length).toBeLessThanOrEqual(1);
    if (client.state.kind === 'live') expect(client.silentMs).toBeLessThan(10_000);
    else expect(replica.state).toBe('stale');
  }

  #token(): Promise<string> {
    this.#tokens += 1;
    const kind = this.faults ? this.random.whole(0, 4) : 4;
    if (kind === 0) throw new Error('broken');
    if (kind === 1) return Promise.reject(new Error('down'));
    if (kind === 2) return new Promise(() => undefined);
    return Promise.resolve(kind === 3 ? 'the same' : `t${String(this.#tokens)}`);
  }
}

describe('connection under random faults', () => {
  it.each(seedsToRun(10))(
    'C-CONN-25 never two links, nothing of an old one, and live when the faults end: seed %i',
    async (seed) => {
      const evening = new Evening(seed);
      const { scene: made } = evening;
      made.client.subscribe('main/kitchen');
      for (let step = 0; step < STEPS; step += 1) await evening.step();
      evening.faults = false;
      for (let second = 0; second < 120; second += 1) {
        const [link] = evening.open();
        if (link !== undefined) evening.serve(link);
        made.timers.advance(1_000);
        await settle();
        evening.check();
      }
      expect(made.client.state.kind).toBe('live');
      expect(evening.open()).toHaveLength(1);
      const seen = new Set(evening.states.map(({ kind }) => kind));
      expect([...seen].sort()).toEqual(['connecting', 'live', 'offline', 'stale']);
    },
  );
});
