/**
 * The programs of docs/client.md, compiled against the package's own exports with the compiler's strictest settings, and used as
 * people would: a cashier sells through a kill of the hub and of the till, a cook bumps what comes.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderGetResult, OrderListResult } from '../../src/protocol/results.js';
import { freePort, HubProcess } from '../support/hub-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = join(ROOT, 'docs', 'client.md');
/** Inside the package, so that `expeditor/client` is found. */
const COMPILED = join(ROOT, 'build', 'client-docs');
const LINES_MAX = 60;
const WAIT_MS = 40_000;

/** The fences that name a file: ```ts till.ts */
function programs(): Map<string, string> {
  const page = readFileSync(PAGE, 'utf8');
  const found = page.matchAll(/^```tsx? (\S+)\n(.*?)^```$/gms);
  return new Map([...found].map(([, name = '', text = '']) => [name, text]));
}

/** Throws with what the compiler says. */
function compile(names: readonly string[]): void {
  const strict = [
    '--target',
    'es2023',
    '--strict',
    '--noUncheckedIndexedAccess',
    '--exactOptionalPropertyTypes',
  ];
  const flags = [
    '--ignoreConfig',
    '--skipLibCheck',
    '--types',
    'node',
    '--module',
    'nodenext',
    ...strict,
  ];
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, ...flags, ...names], {
    cwd: COMPILED,
    stdio: 'inherit',
  });
}

/** One of the programs at work. */
class Terminal {
  readonly #child: ChildProcess;
  #output = '';

  constructor(program: string, environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [join(COMPILED, program)], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  /** Types a line, and resolves with what was printed from then on as soon as `expected` is in it. */
  async type(line: string, expected: RegExp): Promise<string> {
    const from = this.#output.length;
    this.#child.stdin?.write(`${line}\n`);
    return this.sees(expected, from);
  }

  async sees(expected: RegExp, from = 0): Promise<string> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const printed = this.#output.slice(from);
      if (expected.test(printed)) return printed;
      if (Date.now() > deadline) throw new Error(`no ${String(expected)} in:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}

describe('the programs of docs/client.md', () => {
  const directory = mkdtempSync(join(tmpdir(), 'expeditor-client-docs-'));
  const data = join(directory, 'data');
  let port = 0;
  let hub: HubProcess;

  const startHub = (): Promise<HubProcess> =>
    HubProcess.start({ directory: data, port, flags: ['--demo'] });

  beforeAll(async () => {
    mkdirSync(COMPILED, { recursive: true });
    for (const [name, text] of programs()) writeFileSync(join(COMPILED, name), text);
    compile([...programs().keys()]);
    port = await freePort();
    hub = await startHub();
  });

  afterAll(async () => {
    await hub.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('DOC-CLIENT-1 compile under strict settings, each in 60 lines at most, blank ones not counted', () => {
    expect([...programs().keys()]).toEqual(['till.ts', 'screen.ts', 'browser.ts']);
    for (const text of programs().values()) {
      expect(text.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(
        LINES_MAX,
      );
    }
  });

  it('DOC-CLIENT-2 sell through a kill of the hub and of the till: all of it arrives once, and the kitchen sees it', async () => {
    const branch = hub.client({ role: 'manager' });
    await branch.command('shift.open', { opening_float: 10_000 });
    const disk = join(directory, 'till.sqlite');
    const TOKEN = hub.token({ role: 'cashier', device: 'till-1' });
    const till = new Terminal('till.js', { HUB: hub.url, TOKEN, DISK: disk });
    const KITCHEN = hub.token({ role: 'kitchen', device: 'grill-1' });
    const screen = new Terminal('screen.js', { HUB: hub.url, TOKEN: KITCHEN, STATION: 'fry' });
    await till.sees(/live/);
    await till.type('open 4', /order \d+/);
    await till.type('add chicken 2', /2 x Chicken .*, total \d+\.\d\d/);
    await till.type('send', /all of it is at the hub/);
    await screen.sees(/1\. #\d+ table 4, 0 min\n {3}2 x Chicken .* \[queued\]/);
    await screen.type('1', /\[ready\]/);

    branch.close();
    await hub.kill();
    await till.sees(/(offline|connecting), heard/);
    const opened = await till.type('open 5', /order \d+/);
    await till.type('add chicken 1', /1 x Chicken .*, total \d+\.\d\d/);
    await till.type('cash 50', /paid \d+\.\d\d, change \d+\.\d\d/);
    await till.type('list', /table 5 closed \d+\.\d\d \(not at the hub yet\)/);
    await till.kill();

    hub = await startHub();
    const again = new Terminal('till.js', { HUB: hub.url, TOKEN, DISK: disk });
    await again.sees(/all of it is at the hub/);
    await again.type('list', /table 5 closed \d+\.\d\d\n/);
    await Promise.all([again.kill(), screen.kill()]);

    const witness = hub.client({ role: 'manager' });
    const { orders }: OrderListResult = await witness.query('order.list', { table_no: '5' });
    expect(orders).toHaveLength(1);
    const order: OrderGetResult = await witness.query('order.get', {
      order_id: orders[0]?.id ?? '',
    });
    witness.close();
    expect(`order ${String(order.header.number)}`).toBe(/order \d+/.exec(opened)?.[0]);
    expect(order.header).toMatchObject({ status: 'closed', payment_status: 'paid' });
    expect(order.payments).toMatchObject([
      { method: 'cash', amount: order.header.total, tendered: 5_000 },
    ]);
    expect(order.lines).toHaveLength(1);
  });
});
