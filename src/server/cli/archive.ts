/** `expeditor archive`: what a hub does by itself every hour, for a directory that no hub runs on; the list of the archive, and the way back. */
import { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { messageOf } from '../../store/sqlite/errors.js';
import type { SegmentEntry, Upkeep, UpkeepProgress } from '../../store/upkeep.js';
import { OperatorError } from '../operator-error.js';
import type { Config } from '../settings.js';
import { openOfflineStore } from './offline-store.js';
import { addSettings, configFrom } from './setting-options.js';
import { openSteps } from './step-progress.js';

interface Options {
  readonly list?: true;
  readonly restore?: string;
  readonly restoreAll?: true;
}

export function archiveCommand(): Command {
  const command = new Command('archive').description(
    'move the orders of closed shifts and old events into compressed files; a hub that runs does it by itself',
  );
  command.option('--list', 'show what the archive holds, and change nothing');
  command.option('--restore <SHIFT_ID>', 'bring the orders of a shift back into the database');
  command.option('--restore-all', 'bring all archived orders back');
  return addSettings(command, ['data', 'archiveAfterHours']).action(archive);
}

async function archive(options: Options & Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  const store = await openOfflineStore('archive', config.data);
  try {
    const { upkeep } = store;
    if (upkeep === null) throw new Error('an engine on a disk has upkeep');
    for (const line of await carryOut(upkeep, config, options)) process.stdout.write(`${line}\n`);
  } finally {
    await store.close();
  }
}

async function carryOut(upkeep: Upkeep, config: Config, options: Options): Promise<string[]> {
  if (options.list === true) return listed(await upkeep.segments());
  const restoring = options.restore !== undefined || options.restoreAll === true;
  const steps = openSteps(process.stderr);
  const onProgress = ({ done, total }: UpkeepProgress): void => {
    steps.at(restoring ? 'segments' : 'shifts', done, total);
  };
  try {
    return restoring
      ? await bringBack(upkeep, options, onProgress)
      : await move(upkeep, config, onProgress);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const hint = 'nothing is lost; mend the disk and run it again';
    throw new OperatorError(`archive ${config.data}`, messageOf(error), hint, error);
  } finally {
    steps.stop();
  }
}

async function move(
  upkeep: Upkeep,
  { archiveAfterHours }: Config,
  onProgress: (progress: UpkeepProgress) => void,
): Promise<string[]> {
  const closedBefore = systemClock.now() - archiveAfterHours * 3_600_000;
  const moved = await upkeep.archive({ closedBefore, alone: true, onProgress });
  const { segments, orders, events, bytes, rawBytes } = moved;
  if (segments === 0) return ['nothing is old enough to be archived'];
  return [
    `archived: ${orders} orders, ${events} events, ${segments} segments, ${sizes(bytes, rawBytes)}`,
  ];
}

async function bringBack(
  upkeep: Upkeep,
  { restore }: Options,
  onProgress: (progress: UpkeepProgress) => void,
): Promise<string[]> {
  const orders = await upkeep.restore(restore ?? null, onProgress);
  if (orders === 0 && restore !== undefined) {
    const hint = 'expeditor archive --list --data DIR names the shifts that have some';
    throw new OperatorError('restore', `shift ${restore} has no archived orders`, hint);
  }
  return [`brought back: ${orders} orders`];
}

function listed(segments: readonly SegmentEntry[]): string[] {
  if (segments.length === 0) return ['the archive is empty'];
  const lines = segments.map(
    ({ branchId, segmentId, kind, state, shiftId, businessDate, archived, records, ...size }) => {
      const of = shiftId === null ? '' : `, shift ${shiftId} of ${businessDate ?? 'no date'}`;
      const held = kind === 'orders' ? `${archived} of ${records} orders` : `${records} events`;
      return `${branchId} ${segmentId} ${state}: ${held}${of}, ${sizes(size.bytes, size.rawBytes)}`;
    },
  );
  const sum = (of: (segment: SegmentEntry) => number) =>
    segments.reduce((total, segment) => total + of(segment), 0);
  const all = sizes(
    sum(({ bytes }) => bytes),
    sum(({ rawBytes }) => rawBytes),
  );
  return [...lines, `${segments.length} segments, ${all}`];
}

function sizes(bytes: number, rawBytes: number): string {
  return `${kilobytes(bytes)} of ${kilobytes(rawBytes)}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
