/** `expeditor replay --until`: rebuilds a past moment of a data directory in a file of its own. */
import { join } from 'node:path';
import { DATABASE_NAME } from '../../../store/sqlite/open.js';
import { rebuildAt, type Until } from '../../../store/verify/rebuild.js';
import { OperatorError } from '../../operator-error.js';
import { openSteps } from '../step-progress.js';

export interface PastOptions {
  /** A version of `branch`, or a time like 2026-05-18T20:00 (UTC where it names no zone). */
  readonly until: string;
  readonly branch: string;
  readonly data?: string;
  readonly into?: string;
}

export async function replayPast({ until, branch, data, into }: PastOptions): Promise<void> {
  if (data === undefined || into === undefined) {
    throw new OperatorError('replay --until', '--data or --into is missing', 'give both');
  }
  const progress = openSteps(process.stderr);
  const rebuilt = await rebuildAt({
    ...{ file: join(data, DATABASE_NAME), into, until: untilOf(until, branch) },
    onProgress: (step, done, total) => {
      progress.at(step, done, total);
    },
  }).finally(() => {
    progress.stop();
  });
  const branches = rebuilt.branches.map(([id, version]) => `${id} at version ${String(version)}`);
  process.stdout.write(
    `rebuilt ${into}: ${String(rebuilt.events)} events, ${branches.join(', ')}\n`,
  );
  if (rebuilt.difference === null) return;
  process.stdout.write(`NOT CLEAN: ${rebuilt.difference}\n`);
  process.exitCode = 1;
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

function untilOf(text: string, branchId: string): Until {
  if (/^\d{1,15}$/.test(text)) return { branchId, version: Number(text) };
  const zoned = !text.includes('T') || /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  const at = TIME.test(text) ? Date.parse(zoned) : NaN;
  if (!Number.isNaN(at)) return { at };
  const hint = 'give a version, or a time like 2026-05-18T20:00 (UTC, or with its offset)';
  throw new OperatorError('read --until', `"${text}" is neither`, hint);
}
