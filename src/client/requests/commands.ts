/**
 * Commands as promises: the versions that they expect filled in from what is held, version conflicts tried again where the
 * intent outlives them, and an end to the waiting where the caller wants one.
 */
import type { Clock, Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Expect } from '../../domain/command.js';
import type { CommandName, CommandPayloads } from '../../domain/registry.js';
import type { AckMessage, CommandMessage } from '../../protocol/messages.js';
import type { CommandResult } from '../../protocol/results.js';
import {
  afterConflict,
  mayRetry,
  seenBy,
  type IntendedCommand,
  type Seen,
} from '../prediction/intents.js';
import type { Truth } from '../replica/truth.js';
import { CommandRefused, CommandUnknown } from './errors.js';
import type { Requests } from './requests.js';

/** A version conflict that the intent outlives is tried again so often, unless the caller does so. */
export const CONFLICTS_MAX = 3;

export interface CommandOptions {
  /** The versions that the decision was made on. Default: those of the rows that this client's channels hold. */
  readonly expect?: Expect;
  /** Default: a new UUID. One key has one effect, however often it is sent. */
  readonly key?: string;
  /** Default: the branch of the token. */
  readonly branchId?: string;
  readonly correlationId?: string;
  /** How long a retryable refusal is tried again, in milliseconds; default 30 s. A lost connection is waited for for ever. */
  readonly retryMs?: number;
  /** No answer within so many milliseconds rejects with `CommandUnknown`. Default: the answer is waited for. */
  readonly deadlineMs?: number;
}

/** What the queue says of its entries besides. */
export interface GiveOptions extends CommandOptions {
  /** This device's clock when the person gave the command. Default: now. */
  readonly clientAt?: number;
  /** Default 3; 0: whoever calls knows better what the person saw. */
  readonly conflictsMax?: number;
}

export interface CommandAnswer {
  readonly key: string;
  /** The branch version of the commit; where nothing changed, the branch's present one. */
  readonly version: number;
  /** The versions of all that it wrote. */
  readonly records: CommandResult['records'];
  readonly result: CommandResult;
  readonly durability: AckMessage['durability'];
  /** The key had been used before, and this is the answer that was given then. */
  readonly replayed: boolean;
}

export interface CommandsParts {
  readonly requests: Requests;
  readonly truth: Truth;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly newId: NewId;
  /** A new request id. */
  readonly nextId: () => string;
  /** Of the token: at once where it is known, so that commands keep the order of the calls. */
  readonly branchId: () => string | Promise<string>;
}

export class Commands {
  readonly #parts: CommandsParts;

  constructor(parts: CommandsParts) {
    this.#parts = parts;
  }

  give<Name extends CommandName>(
    name: Name,
    payload: CommandPayloads[Name],
    options: GiveOptions = {},
  ): Promise<CommandAnswer> {
    const attempt = new Attempt(this.#parts, { name, payload }, options);
    const { deadlineMs } = options;
    return deadlineMs === undefined ? attempt.run() : attempt.within(deadlineMs);
  }
}

/** One command through all its tries, under one key. */
class Attempt {
  readonly #parts: CommandsParts;
  readonly #options: GiveOptions;
  readonly #content: Promise<Omit<CommandMessage, 'id' | 'expect'>>;
  readonly #name: CommandName;
  readonly #payload: CommandPayloads[CommandName];
  readonly #key: string;
  /** The rows that it was decided on; null: this client does not hold them all, or the caller decided on others. */
  #seen: Seen | null = null;
  #expect: Expect | undefined;
  /** The request under way; null: none was made yet. */
  #id: string | null = null;
  /** A run that is not the latest one any more sends nothing. */
  #runs = 0;

  constructor(parts: CommandsParts, { name, payload }: IntendedCommand, options: GiveOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#name = name;
    this.#payload = payload;
    this.#key = options.key ?? parts.newId();
    const { clientAt = parts.clock.now(), correlationId } = options;
    const content = {
      type: 'command' as const,
      key: this.#key,
      name,
      payload,
      clientAt,
      ...(correlationId === undefined ? {} : { correlationId }),
    };
    this.#content = this.#prepared(content);
  }

  async run(): Promise<CommandAnswer> {
    const run = (this.#runs += 1);
    const content = await this.#content;
    const { conflictsMax = CONFLICTS_MAX } = this.#options;
    for (let conflicts = 0; ; conflicts += 1) {
      if (run !== this.#runs) throw new Error('its deadline passed before it was sent');
      try {
        return await this.#ask(content);
      } catch (cause) {
        if (conflicts >= conflictsMax || !this.#outlives(cause)) throw cause;
      }
    }
  }

  async within(deadlineMs: number): Promise<CommandAnswer> {
    const { timers, requests } = this.#parts;
    const run = this.run();
    return new Promise((resolve, reject) => {
      const cancel = timers.after(deadlineMs, () => {
        this.#runs += 1;
        const sent = this.#id !== null && requests.withdraw(this.#id);
        reject(new CommandUnknown(this.#name, { key: this.#key, sent, settle: () => this.run() }));
      });
      void run.then(resolve, reject).finally(cancel);
    });
  }

  /** What stays the same through all tries; what was seen is noted as soon as the branch is known. */
  async #prepared(
    content: Omit<CommandMessage, 'id' | 'expect' | 'branchId'>,
  ): Promise<Omit<CommandMessage, 'id' | 'expect'>> {
    const { truth, branchId: ownBranch } = this.#parts;
    const branchId = this.#options.branchId ?? (await ownBranch());
    const held = seenBy(truth.reader(branchId), this.#name, this.#payload);
    const { expect = held?.expect } = this.#options;
    this.#expect = expect;
    this.#seen = held !== null && sameVersions(held.expect, expect) ? held : null;
    return { ...content, branchId };
  }

  async #ask(content: Omit<CommandMessage, 'id' | 'expect'>): Promise<CommandAnswer> {
    const { requests, nextId } = this.#parts;
    const id = nextId();
    this.#id = id;
    const expect = this.#expect ?? {};
    const message = Object.keys(expect).length === 0 ? content : { ...content, expect };
    const ack = await requests.ask({ ...message, id }, this.#options.retryMs);
    const { version = 0, durability, replayed } = ack as AckMessage;
    const result = ack.result as CommandResult;
    const { records } = result;
    return { key: content.key, version, records, result, durability, replayed: replayed === true };
  }

  /**
   * Whether a version conflict leaves what the intent depends on as it was seen; then the present versions are expected. Not
   * where the rows were not held when the command was given.
   */
  #outlives(cause: unknown): boolean {
    if (!(cause instanceof CommandRefused) || cause.code !== 'version_conflict') return false;
    const { current } = cause;
    const command = { name: this.#name, payload: this.#payload };
    if (current === undefined || this.#seen === null) return false;
    if (!mayRetry(command, this.#seen.rows, current)) return false;
    this.#seen = afterConflict(this.#seen, current);
    this.#expect = this.#seen.expect;
    return true;
  }
}

/** Both are made of plain numbers by table and id, in whatever order. */
function sameVersions(held: Expect, given: Expect | undefined): boolean {
  const flat = (expect: Expect = {}): string =>
    Object.entries(expect)
      .flatMap(([table, versions]) =>
        Object.entries(versions).map(([id, version]) => `${table} ${id} ${String(version)}`),
      )
      .sort()
      .join();
  return flat(held) === flat(given);
}
