/** Predictions against what a hub then does. */
import { describe, expect, it } from 'vitest';
import { NOT_IDEMPOTENT } from '../../../src/client/prediction/queueable.js';
import { seedsToRun } from '../../support/seeds.js';
import { evening, picture, type Trial } from './against-hub.js';

const STEPS = 350;

/** What is so already is foreseen as no change, where the hub refuses to do it twice. */
const DONE_ALREADY: readonly string[] = ['order.void_line', 'order.close'];

/** A number is the queue's to take from a range that has not lapsed: the prediction takes its word for it. */
function refusedForItsNumber({ command, answer }: Trial): boolean {
  const numbered = command.name === 'order.open' && command.payload.number !== undefined;
  return numbered && answer.type === 'error' && answer.code === 'validation_failed';
}

function checkTill(trial: Trial): void {
  if (refusedForItsNumber(trial)) return;
  const { command, prediction, answer, before, after } = trial;
  const said = `${command.name} ${JSON.stringify(command.payload)}`;
  switch (prediction.kind) {
    case 'change':
      expect(answer.type, said).toBe('ack');
      expect(picture(before, prediction.rows), said).toEqual(picture(after, []));
      return;
    case 'unchanged':
      if (!DONE_ALREADY.includes(command.name)) expect(answer.type, said).toBe('ack');
      expect(picture(before, []), said).toEqual(picture(after, []));
      return;
    case 'refused':
      expect(answer, said).toMatchObject({ type: 'error', code: prediction.refusal.code });
      return;
    case 'unknown':
      expect.fail(`${said}: a till holds all of it, but ${prediction.reason}`);
  }
}

/** A line that left the view was foreseen as nothing that the kitchen still has to do with. */
function checkKitchen({ command, prediction, answer, after }: Trial): void {
  const said = `${command.name} ${JSON.stringify(command.payload)}`;
  if (prediction.kind === 'refused') {
    expect(answer, said).toMatchObject({ type: 'error', code: prediction.refusal.code });
  }
  if (prediction.kind !== 'change') return;
  expect(answer.type, said).toBe('ack');
  for (const { table, row } of prediction.rows) {
    const shown = after.row(table, row.id);
    if (shown !== undefined) expect(row, said).toEqual(shown);
    else {
      expect(['served', 'voided'], said).toContain(row['status']);
      expect(row['mark'], said).toBe(null);
    }
  }
}

describe.each(seedsToRun(4))('an evening of seed %i', (seed) => {
  it('C-PRED-1 C-PRED-2 C-PRED-3 what is foreseen is what the hub does, column by column, and once done is foreseen no more', async () => {
    const trials = await evening(seed, STEPS);
    const kinds = new Set(trials.map(({ prediction }) => prediction.kind));
    expect(kinds.has('change') && kinds.has('refused')).toBe(true);
    for (const trial of trials) {
      if (trial.role === 'kitchen') checkKitchen(trial);
      else checkTill(trial);
      const { command, answer, again } = trial;
      if (answer.type !== 'ack' || NOT_IDEMPOTENT.has(command.name)) continue;
      const said = `${command.name} again: ${JSON.stringify(again)}`;
      expect(again.kind === 'change', said).toBe(false);
    }
  });
});
