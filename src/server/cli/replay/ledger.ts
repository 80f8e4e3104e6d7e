/** Gives the replay's commands, and keeps count: every acknowledgement goes to the journal, if there is one, before all else. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { CommandRefused, type Client, type CommandAnswer } from '../../../client/index.js';
import type { CommandName, CommandPayloads } from '../../../domain/registry.js';
import type { Expect } from '../../../domain/command.js';

export interface LedgerCounts {
  acknowledged: number;
  /** Of these, answers to commands that an earlier run had given. */
  replayed: number;
  /** Version conflicts met and settled. */
  conflicts: number;
}

export interface Order<Name extends CommandName> {
  readonly name: Name;
  readonly key: string;
  readonly payload: CommandPayloads[Name];
  readonly expect?: Expect;
}

/** A refusal for lack of room or while the hub restarts is tried again for so long, in milliseconds. */
const RETRY_MS = 120_000;

export class Ledger {
  readonly counts: LedgerCounts = { acknowledged: 0, replayed: 0, conflicts: 0 };
  readonly #journal: number | null;

  /** `journalPath` null: no journal. One line for each acknowledged key: the key, a space, the branch version. */
  constructor(journalPath: string | null) {
    this.#journal = journalPath === null ? null : openSync(journalPath, 'a');
  }

  async give<Name extends CommandName>(
    client: Client,
    { name, key, payload, expect }: Order<Name>,
  ): Promise<CommandAnswer> {
    const options = { key, retryMs: RETRY_MS, ...(expect === undefined ? {} : { expect }) };
    const answer = await client.command(name, payload, options);
    // What changed nothing, since somebody else had done it, keeps no key.
    if (Object.keys(answer.records).length > 0) this.acknowledged(key, answer.version);
    if (answer.replayed) this.counts.replayed += 1;
    return answer;
  }

  /** As `give`; null: what it makes is there already (from a run whose keys have lapsed since). */
  async giveOnce<Name extends CommandName>(
    client: Client,
    order: Order<Name>,
  ): Promise<CommandAnswer | null> {
    try {
      return await this.give(client, order);
    } catch (error) {
      if (error instanceof CommandRefused && error.code === 'already_exists') return null;
      throw error;
    }
  }

  /** `version` null: not for the journal. */
  acknowledged(key: string, version: number | null): void {
    this.counts.acknowledged += 1;
    if (this.#journal !== null && version !== null) writeSync(this.#journal, `${key} ${version}\n`);
  }

  close(): void {
    if (this.#journal !== null) closeSync(this.#journal);
  }
}
