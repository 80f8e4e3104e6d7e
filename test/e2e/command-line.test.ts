import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialRaw } from '../server/door.js';
import { freePort, HubProcess, MAIN, runCommand } from '../support/hub-process.js';

let directory = '';
let hub: HubProcess | undefined;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'expeditor-cli-'))));
afterEach(async () => {
  await hub?.kill();
  hub = undefined;
  rmSync(directory, { recursive: true });
});

async function serve(...flags: string[]): Promise<{ running: HubProcess; port: number }> {
  const port = await freePort();
  hub = await HubProcess.start({ directory, port, flags });
  return { running: hub, port };
}

describe('expeditor serve', () => {
  it('O-RUN-6 says in one line where it is, where its data is and how durable', async () => {
    const { running, port } = await serve('--log-level', 'info');
    expect(running.output).toContain(
      `Expeditor 0.1.0 on http://127.0.0.1:${port}, data: ${directory}, durability: full`,
    );
    expect(running.output).not.toContain(readFileSync(join(directory, 'token.key'), 'utf8').trim());
    expect(await running.stop()).toBe(0);
    expect(running.output).toContain('stopped in order');
  });

  it('O-RUN-7 exits 0 within 10 s of SIGTERM, whoever does not answer', async () => {
    const { running, port } = await serve();
    const silent = await dialRaw(port);
    const started = Date.now();
    expect(await running.stop()).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    silent.destroy();
  });

  it('O-RUN-8 the memory store says loudly that it keeps nothing', async () => {
    const { running } = await serve('--store', 'memory');
    expect(running.output).toContain('THE MEMORY STORE KEEPS NOTHING');
  });

  it('O-RUN-9 what an operator can mend is one line and exit code 1', async () => {
    const { port } = await serve();
    const elsewhere = join(directory, 'other');
    const lineOf = (...args: string[]) => {
      const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
      return [status, stderr];
    };
    expect(lineOf('serve', '--data', elsewhere, '--port', String(port))).toEqual([
      1,
      `expeditor: listen on 127.0.0.1:${port}: the port is in use; stop what uses it, or give another --port\n`,
    ]);
    const [status, line] = lineOf('serve', '--data', directory, '--port', '0');
    expect(status).toBe(1);
    expect(line).toMatch(/^expeditor: lock .*another hub is running on it; stop it first.*\n$/);
    writeFileSync(join(directory, 'file'), '');
    const [, unwritable] = lineOf('serve', '--data', join(directory, 'file'), '--port', '0');
    expect(unwritable).toMatch(/^expeditor: make .*give a directory that may be written\n$/);
    expect(lineOf('serve', '--port', 'x')[0]).toBe(1);
  });

  it('O-RUN-11 a rolled-back database is refused in one line, and accepted on --accept-rollback', async () => {
    const { running } = await serve();
    await running.stop();
    const heads = join(directory, 'heads.json');
    writeFileSync(heads, readFileSync(heads, 'utf8').replace('["main",1,', '["main",2,'));
    const port = await freePort();
    const args = [MAIN, 'serve', '--data', directory, '--port', String(port)];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^expeditor: open .*main ends at version 1, but version 2 is .*\n$/);
    const accepted = await serve('--accept-rollback');
    expect(accepted.running.output).toContain('A ROLL-BACK WAS ACCEPTED');
    await accepted.running.stop();
    await (await serve()).running.stop();
  });

  it('O-RUN-10 a bug that nobody caught is logged, and ends the process with 1', () => {
    const lifetime = new URL('../../dist/server/', import.meta.url);
    const program = `
      const { exitOnBugs } = await import('${lifetime.href}lifetime.js');
      const { createLog } = await import('${lifetime.href}log.js');
      const log = createLog({ level: 'info', pretty: false });
      exitOnBugs({ log, tracker: { report() {} }, cut() {} });
      setTimeout(() => {}, 60_000);
      Promise.reject(new Error('planted'));`;
    const args = ['--input-type=module', '--eval', program];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout).toContain('"message":"planted"');
  });
});

describe('the other commands', () => {
  it('O-CLI-1 token prints the token alone, each for a device of its own unless named', () => {
    const data = ['--data', directory];
    const token = (...more: string[]) => {
      const { code, output } = runCommand(['token', ...data, '--role', 'cashier', ...more]);
      expect(code).toBe(0);
      expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      return decodeJwt(output.trim());
    };
    const plain = token();
    expect(plain).toMatchObject({ sub: 'cashier', role: 'cashier', branch: 'main' });
    expect(plain.exp! - plain.iat!).toBe(3_600);
    expect(token()['device']).not.toBe(plain['device']);
    expect(token('--device', 'till-1')['device']).toBe('till-1');
    expect(token('--name', "Zoë O'Neil")).toMatchObject({ sub: 'zoe-o-neil', name: "Zoë O'Neil" });
    expect(token('--name', 'ليلى')).toMatchObject({ sub: 'cashier', name: 'ليلى' });
    const staff = token('--staff', 's-7', '--ttl', '15m', '--branch', 'other');
    expect(staff).toMatchObject({ sub: 's-7', branch: 'other', exp: staff.iat! + 900 });
    for (const bad of [
      ['--ttl', '99d'],
      ['--ttl', 'soon'],
      ['--device', 'a b'],
      ['--role', 'cat'],
    ]) {
      expect(runCommand(['token', ...data, '--role', 'cashier', ...bad]).code).toBe(1);
    }
  });

  it('O-CLI-2 verify is clean after a run, and exits 1 with the first difference otherwise', async () => {
    const { running } = await serve('--demo');
    await running.stop();
    const clean = runCommand(['verify', '--data', directory]);
    expect(clean.code).toBe(0);
    expect(clean.output).toMatch(/^clean: 2 branches, 2 events, \d+ rows, 2 remembered heads\n$/);
    const database = new Database(join(directory, 'expeditor.db'));
    database.prepare(`UPDATE menu_item SET price = price + 1 WHERE branch_id = 'other'`).run();
    database.close();
    const tampered = runCommand(['verify', '--data', directory]);
    expect(tampered.code).toBe(1);
    expect(tampered.output).toContain('first difference: ');
    expect(tampered.output).toContain('menu_item');
    const nothing = runCommand(['verify', '--data', join(directory, 'nowhere')]);
    expect(nothing.code).toBe(1);
    expect(nothing.output).toMatch(/^expeditor: verify .*; give the --data directory of a hub\n$/);
  });

  it('AU-3 AU-4 verify finds the heads that the log told, and refuses what is no head', async () => {
    const { running } = await serve('--demo', '--log-level', 'info');
    await running.stop();
    const told = /"branch":"main","version":(\d+),"hash":"([0-9a-f]{64})"/.exec(running.output);
    const [, version = '', hash = ''] = told ?? [];
    const verify = (...heads: string[]) =>
      runCommand([
        'verify',
        '--data',
        directory,
        ...heads.flatMap((head) => ['--expect-head', head]),
      ]);
    const held = verify(`main:${version}:${hash}`);
    expect(held).toMatchObject({ code: 0, output: expect.stringContaining('1 expected heads') });
    const cut = verify(`main:${version}:${hash}`, `main:${Number(version) + 1}:${hash}`);
    expect(cut.code).toBe(1);
    expect(cut.output).toContain('which is not there: the database was rolled back');
    const wrong = verify('main:1');
    expect(wrong.code).toBe(1);
    expect(wrong.output).toMatch(/^expeditor: read --expect-head: "main:1" is no head; give .*\n$/);
  });

  it('O-CLI-3 version prints the version, and help names the variable of each setting', () => {
    expect(runCommand(['version'])).toEqual({ code: 0, output: '0.1.0\n' });
    const help = execFileSync(process.execPath, [MAIN, 'serve', '--help'], { encoding: 'utf8' });
    expect(help).toContain('EXPEDITOR_ALLOWED_ORIGINS');
    expect(help.replaceAll(/\s+/g, ' ')).toContain('(default: 8080, env: EXPEDITOR_PORT)');
  });
});
