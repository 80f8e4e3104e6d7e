/** Thousands of connections cut at random bytes. `npm run resumes -- --count 10000 --seed 1` runs the long form. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { freePort, HubProcess } from '../support/hub-process.js';
import { checkDatabase } from './crash/checker.js';
import { runResumes, type ResumeReport } from './resumes/run.js';

const RESUMES = Number(env['RESUMES'] ?? 300);
const SEED = Number(env['SEED'] ?? 1);

let directory: string;
let hub: HubProcess;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-resumes-'));
  hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
});

afterEach(async () => {
  await hub.kill();
  rmSync(directory, { recursive: true, force: true });
});

function told({ counts, cuts, bytes, seconds, attempts }: ResumeReport): string {
  const { resumes, welcomes, byDelta, bySnapshot } = counts;
  const perSecond = (resumes / seconds).toFixed(1);
  const delta = ((100 * byDelta) / Math.max(1, byDelta + bySnapshot)).toFixed(1);
  const size = (bytes / 1_048_576).toFixed(1);
  return `seed ${SEED}: ${resumes} resumes in ${seconds.toFixed(1)} s (${perSecond} a second, ${delta} % of channels by delta), ${cuts} cuts, ${welcomes} welcomes, ${size} MB, ${attempts.all.length} commands`;
}

describe('connections cut at random bytes', () => {
  it(
    'SIM-TCP-1 SIM-TCP-2 leave no gap in a replica, lose no acknowledged command and double none',
    async () => {
      const report = await runResumes(hub, { resumes: RESUMES, seed: SEED });
      console.log(told(report));
      expect(report.findings).toEqual([]);
      await hub.stop();
      const acknowledged = report.attempts.all.flatMap(({ key, end }) =>
        end?.kind === 'acked' && end.wrote ? [{ key, version: end.version }] : [],
      );
      const { findings } = checkDatabase(join(directory, DATABASE_NAME), 'main', acknowledged);
      expect(findings).toEqual([]);
      expect(report.counts.byDelta).toBeGreaterThan(report.counts.bySnapshot);
    },
    60_000 + RESUMES * 200,
  );
});
