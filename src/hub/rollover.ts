/**
 * Rolls shifts over whose business date has ended: at the start, and whenever a look finds one. A turn happens once however often it
 * is tried and by however many hubs, since its key names the shift that ends; while the store refuses, it is tried again a few times,
 * told to the log, and left to the next look.
 */
import type { Cancel, Clock, Timers } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { REFUSALS, type Refusal } from '../base/refusal.js';
import { rollsOver } from '../domain/branch-settings.js';
import { businessDate } from '../domain/business-date.js';
import { shiftRollover } from '../domain/commands/shift-rollover.js';
import type { PosShift } from '../domain/rows.js';
import type { CommandAnswer } from './branch/answer.js';
import type { BranchHub } from './branch/branch.js';
import type { HubBranch } from './hub-branch.js';

export interface RolloverOptions {
  readonly branches: ReadonlyMap<string, HubBranch>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Why no command is taken now; null: they are. */
  readonly refusesCommands: () => Refusal | null;
  /** A drain waits for what began, until the returned function is called. */
  readonly requestBegan: () => () => void;
}

/** Between two looks; what is sold meanwhile is still of the old shift. */
const LOOK_MS = 5_000;
/** Shifts of many branches end at one moment: one after the other, so that each hub's other work goes on. */
const BETWEEN_BRANCHES_MS = 20;
/** Before the second try, the third, and so on. */
const RETRY_MS: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000];

const ACTOR = { staffId: 'system', deviceId: 'hub', role: 'admin' } as const;

interface Turn {
  readonly hub: BranchHub;
  readonly shift: PosShift;
  /** The business date that begins. */
  readonly date: string;
}

export class Rollover {
  readonly #options: RolloverOptions;
  /** Branches whose turn is under way, or waits for another try. */
  readonly #turning = new Set<string>();
  #closed = false;

  constructor(options: RolloverOptions) {
    this.#options = options;
  }

  /** The first look is at once: the cut-off may have passed while the hub was down. */
  start(): Cancel {
    this.#look();
    const cancel = this.#options.timers.every(LOOK_MS, () => {
      this.#look();
    });
    return () => {
      this.#closed = true;
      cancel();
    };
  }

  #look(): void {
    const { branches, clock, timers } = this.#options;
    const now = clock.now();
    const dates = new Map<string, string>();
    let due = 0;
    for (const { hub } of branches.values()) {
      const { branch, shift } = hub.hot;
      if (shift === null || this.#turning.has(branch.id) || !rollsOver(branch)) continue;
      const { zone, cutoff_hour: cutoff } = branch;
      const clockOf = `${zone} ${String(cutoff)}`;
      const date = dates.get(clockOf) ?? businessDate(now, zone, cutoff);
      dates.set(clockOf, date);
      if (date <= shift.business_date) continue;
      this.#turning.add(branch.id);
      timers.after(due * BETWEEN_BRANCHES_MS, () => {
        this.#try({ hub, shift, date }, 0);
      });
      due += 1;
    }
  }

  #try(turn: Turn, tries: number): void {
    const { hub, shift, date } = turn;
    if (this.#closed || this.#options.refusesCommands() !== null) {
      this.#turning.delete(hub.id);
      return;
    }
    const ended = this.#options.requestBegan();
    hub
      .execute({
        definition: shiftRollover,
        key: `shift.rollover/${date}/${shift.id}`,
        payload: { shift_id: shift.id },
        expect: undefined,
        actor: ACTOR,
        clientAt: null,
        correlationId: null,
      })
      .then((answer) => {
        this.#answered(turn, answer, tries);
      })
      .catch((error: unknown) => {
        this.#turning.delete(hub.id);
        const told = { err: error, branch: hub.id, shift: shift.id };
        this.#options.log.error(told, 'a shift was not rolled over');
      })
      .finally(ended);
  }

  #answered(turn: Turn, answer: CommandAnswer, tries: number): void {
    if (answer.kind === 'refused') {
      this.#refused(turn, answer.refusal, tries);
      return;
    }
    this.#turning.delete(turn.hub.id);
    this.#tell(turn, answer);
  }

  #tell(
    { hub, shift, date }: Turn,
    { result, replayed }: Extract<CommandAnswer, { kind: 'done' }>,
  ): void {
    if (replayed) return;
    const { log } = this.#options;
    const told = { branch: hub.id, shift: shift.id, from: shift.business_date, to: date };
    log.info(told, 'the business date is over: the shift was rolled over, its drawer uncounted');
    const { warnings } = result;
    if (warnings === undefined) return;
    log.warn({ ...told, warnings }, 'devices may hold sales of the shift that was rolled over');
  }

  #refused(turn: Turn, { code, message }: Refusal, tries: number): void {
    const { timers, log } = this.#options;
    const { hub, shift } = turn;
    const waitMs = REFUSALS[code].retryable ? RETRY_MS[tries] : undefined;
    if (waitMs !== undefined) {
      timers.after(waitMs, () => {
        this.#try(turn, tries + 1);
      });
      return;
    }
    this.#turning.delete(hub.id);
    // Somebody has closed it, or handed it over, or another hub was first.
    if (code === 'shift_closed') return;
    const told = { branch: hub.id, shift: shift.id, code, reason: message };
    log.error(told, 'a shift was not rolled over; the next look tries again');
  }
}
