/**
 * Gives commands to a hub in this process, through the door that those of HTTP take: locked, decided, committed and fsynced like every
 * other. The hub's clock is set to each command's time as it is handed in. Many are under way at once, so that commits are shared;
 * those of one subject wait for each other.
 */
import type { SettableClock } from '../../../../base/clock.js';
import type { RecordVersions } from '../../../../domain/change-set.js';
import { EXPECTS } from '../../../../domain/expects.js';
import type { Expect, Expected } from '../../../../domain/command.js';
import type { HubBranch } from '../../../../hub/hub-branch.js';
import { giveCommand } from '../../../../hub/session/command-door.js';
import type { Step } from './steps.js';

/** Commands under way at once: more than a commit group takes. */
const UNDER_WAY_MAX = 128;

export interface CounterCounts {
  commands: number;
  /** Of these, answers to commands of an earlier run. */
  replayed: number;
}

type Expects = Readonly<Record<string, ((payload: never) => Expected) | undefined>>;

export class Counter {
  readonly counts: CounterCounts = { commands: 0, replayed: 0 };
  readonly #branch: HubBranch;
  readonly #clock: SettableClock;
  /** By subject: the command under way. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Of every record that was written since the last `settled`. */
  readonly #versions = new Map<string, number>();
  #failure: Error | null = null;

  constructor(branch: HubBranch, clock: SettableClock) {
    this.#branch = branch;
    this.#clock = clock;
  }

  /** Resolves when the command is handed in; whoever calls it in order of time has it decided at its own time. */
  async give(step: Step): Promise<void> {
    await this.#underWay.get(step.subject);
    while (this.#underWay.size >= UNDER_WAY_MAX) await Promise.race(this.#underWay.values());
    this.#check();
    this.#clock.set(step.at);
    const done = this.#run(step)
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => this.#underWay.delete(step.subject));
    this.#underWay.set(step.subject, done);
  }

  /** Resolves when everything is committed; rejects with what went wrong first. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
    this.#versions.clear();
    this.#check();
  }

  /** Gives one command alone. The records that it wrote. */
  async alone(step: Step): Promise<RecordVersions> {
    await this.settled();
    this.#clock.set(step.at);
    return this.#run(step);
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async #run({ name, key, payload, by }: Step): Promise<RecordVersions> {
    const { hub } = this.#branch;
    const expect = this.#expect(name, payload);
    const principal = { ...by, name: by.id, branch_id: hub.id, device_id: by.id };
    const message = {
      ...({ type: 'command', id: key, key, name, branchId: hub.id, payload } as const),
      ...(expect === undefined ? {} : { expect }),
    };
    const sender = { principal, connectionId: by.id, isConnected: () => true };
    const answer = await giveCommand(this.#branch, message, sender);
    if (answer.kind === 'refused') {
      const { code, message: reason } = answer.refusal;
      throw new Error(`${name} (${key}) was refused: ${code}: ${reason}`);
    }
    this.counts.commands += 1;
    if (answer.replayed) this.counts.replayed += 1;
    const records = answer.result['records'] as RecordVersions;
    for (const versions of Object.values(records)) {
      for (const [id, version] of Object.entries(versions)) this.#versions.set(id, version);
    }
    return records;
  }

  #expect(name: string, payload: Step['payload']): Expect | undefined {
    const expected = (EXPECTS as Expects)[name]?.(payload as never);
    if (expected === undefined) return undefined;
    return Object.fromEntries(
      Object.entries(expected).map(([table, ids]) => [
        table,
        // What no command wrote here was written by the one before it: a new record.
        Object.fromEntries(ids.map((id) => [id, this.#versions.get(id) ?? 1])),
      ]),
    );
  }
}
