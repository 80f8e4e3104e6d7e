/**
 * Several tills behind a proxy that cuts their connections at random bytes, while they ring up, change and close orders. After
 * so many resumes the cutting ends, and everything is compared.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../../../src/client/client.js';
import { connectClient, type Replica } from '../../../src/client/index.js';
import type { HubProcess } from '../../support/hub-process.js';
import { Random } from '../../support/random-traffic/random.js';
import { CuttingProxy } from '../cutting-proxy.js';
import { Attempts } from './attempts.js';
import { countedSocket, ResumeCounts } from './counted-socket.js';
import { Till } from './till.js';

const TILLS = 12;
/** Some tills stand on one device. */
const DEVICES = 3;
const CHANNELS = ['main/orders', 'main/kitchen', 'main/shift'];
/** After so many resumes the shift is handed over: its channels begin anew, and stay small. */
const SHIFT_RESUMES = 400;
/** After so many a till's program is thrown away, and another begins. */
const RELOAD_RESUMES = 37;
const POLL_MS = 20;
const SETTLE_MS = 60_000;

export interface ResumeReport {
  /** In words; empty: no gap, nothing lost, nothing doubled. */
  readonly findings: readonly string[];
  readonly counts: ResumeCounts;
  readonly attempts: Attempts;
  readonly cuts: number;
  readonly bytes: number;
  readonly seconds: number;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export async function runResumes(
  hub: HubProcess,
  options: { readonly resumes: number; readonly seed: number },
): Promise<ResumeReport> {
  const run = new ResumeRun(hub, options.seed);
  return run.run(options.resumes);
}

class ResumeRun {
  readonly #hub: HubProcess;
  readonly #dice: Random;
  readonly #counts = new ResumeCounts();
  readonly #attempts = new Attempts();
  readonly #findings: string[] = [];
  readonly #tokens: readonly string[];
  readonly #tills: Till[] = [];
  readonly #work: Promise<void>[] = [];

  constructor(hub: HubProcess, seed: number) {
    this.#hub = hub;
    this.#dice = new Random(seed);
    this.#tokens = Array.from({ length: DEVICES }, (_, index) =>
      hub.token({ role: 'cashier', device: `device-${String(index + 1)}` }),
    );
  }

  async run(resumes: number): Promise<ResumeReport> {
    const started = performance.now();
    const proxy = await CuttingProxy.open(this.#hub.port, this.#dice);
    const manager = this.#hub.client({ role: 'manager' });
    await this.#attempts.give(manager, 'shift.open', { opening_float: 0 });
    for (let index = 0; index < TILLS; index += 1) this.#begin(index, proxy.url);
    await this.#cutUntil(resumes, { manager, url: proxy.url });
    proxy.stopCutting();
    for (const till of this.#tills) till.stop();
    await Promise.all(this.#work);
    const seconds = (performance.now() - started) / 1_000;
    await this.#compare(manager);
    await this.#askAgain(manager);
    for (const { client } of this.#tills) client.close();
    manager.close();
    await proxy.close();
    const { cuts, bytes } = proxy;
    const [findings, counts, attempts] = [this.#findings, this.#counts, this.#attempts];
    return { findings, counts, attempts, cuts, bytes, seconds };
  }

  #begin(index: number, url: string): void {
    const client = connectClient({
      url,
      token: this.#tokens[index % DEVICES] ?? '',
      socket: countedSocket(this.#counts),
      // Back at once: thousands of resumes in minutes.
      random: () => 0.001,
    });
    const replicas = new Map<string, Replica>(
      CHANNELS.map((channel) => [channel, client.subscribe(channel)]),
    );
    const till = new Till({ client, replicas, attempts: this.#attempts, dice: this.#dice });
    this.#tills[index] = till;
    this.#work.push(till.work());
  }

  async #cutUntil(resumes: number, by: { manager: Client; url: string }): Promise<void> {
    let [nextShift, nextReload] = [SHIFT_RESUMES, RELOAD_RESUMES];
    while (this.#counts.resumes < resumes) {
      await pause(POLL_MS);
      if (this.#counts.resumes >= nextReload) {
        nextReload += RELOAD_RESUMES;
        const index = this.#dice.whole(0, TILLS - 1);
        this.#findings.push(...(this.#tills[index]?.findings ?? []));
        this.#tills[index]?.abandon();
        this.#begin(index, by.url);
      }
      if (this.#counts.resumes >= nextShift) {
        nextShift += SHIFT_RESUMES;
        await this.#handOver(by.manager);
      }
    }
  }

  async #handOver(manager: Client): Promise<void> {
    const shift = manager.subscribe('main/shift');
    await shift.ready;
    const [row] = shift.table('pos_shift').values();
    if (row === undefined) return;
    const payload = { shift_id: row.id, counted_cash: 0, carry_over: true };
    const expect = { pos_shift: { [row.id]: row.version } };
    await this.#attempts.give(manager, 'shift.close', payload, expect);
    await this.#attempts.give(manager, 'shift.open', { opening_float: 0 });
  }

  /** Each till's channels against fresh snapshots. */
  async #compare(manager: Client): Promise<void> {
    const auditor = this.#hub.client({ role: 'manager' });
    const fresh = CHANNELS.map((channel) => auditor.subscribe(channel));
    await Promise.all(fresh.map(({ ready }) => ready));
    const deadline = performance.now() + SETTLE_MS;
    const differences = (): string[] =>
      this.#tills.flatMap((till, index) =>
        fresh.flatMap((truth) => {
          const difference = differenceOf(till.replicas.get(truth.channel), truth);
          return difference === null
            ? []
            : [`till ${String(index + 1)} ${truth.channel}: ${difference}`];
        }),
      );
    while (differences().length > 0 && performance.now() < deadline) await pause(POLL_MS);
    this.#findings.push(...differences(), ...this.#tills.flatMap(({ findings }) => findings));
    auditor.close();
    await manager.whenLive();
  }

  /** What was acknowledged has the same answer again; what nobody heard of ends one way, and stays so. */
  async #askAgain(manager: Client): Promise<void> {
    for (const attempt of this.#attempts.all) {
      const { key, name, end } = attempt;
      if (end === null) this.#findings.push(`${key}: was never told what became of it`);
      if (end?.kind === 'refused' || (end?.kind === 'acked' && !end.wrote)) continue;
      const first = end?.kind === 'acked' ? end : await this.#attempts.repeat(manager, attempt);
      if (first?.kind !== 'acked' || !first.wrote) continue;
      const second = await this.#attempts.repeat(manager, attempt);
      if (isDeepStrictEqual(first, second)) continue;
      this.#findings.push(
        `${name} ${key}: ${JSON.stringify(first)}, then ${JSON.stringify(second)}`,
      );
    }
  }
}

function differenceOf(replica: Replica | undefined, truth: Replica): string | null {
  if (replica === undefined) return 'is not followed';
  if (replica.state !== 'live') return `is ${replica.state}`;
  if (replica.version !== truth.version) {
    return `holds ${String(replica.version)} where ${String(truth.version)} is shown`;
  }
  for (const [table, rows] of truth.tables) {
    const held = replica.table(table);
    if (held.size !== rows.size) {
      return `${table} has ${String(held.size)} rows of ${String(rows.size)}`;
    }
    for (const [id, row] of rows) {
      if (!isDeepStrictEqual(held.get(id), row)) return `${table} ${id} is another`;
    }
  }
  return null;
}
