/** What a scenario's tills asked for and what they were answered: the truth that every image is held against. */
import type { Client } from '../../../src/client/client.js';
import type { CommandAnswer } from '../../../src/client/requests/commands.js';
import type { CommandName, CommandPayloads } from '../../../src/domain/registry.js';

export interface RecordedCommand {
  readonly key: string;
  readonly name: CommandName;
  readonly payload: object;
  readonly expect: Expect;
}

export interface RecordedAnswer {
  readonly version: number;
  readonly result: unknown;
}

/** What gives commands for a person: a client, or what outlives several of them. */
export type Till = Pick<Client, 'command' | 'query'>;

/** By table and id, as the wire has it. */
type Expect = Readonly<Record<string, Readonly<Record<string, number>>>>;
/** Rows that a command must name the version of. */
export type Expected = Readonly<Record<string, readonly string[]>>;

export class CommandBook {
  readonly commands: RecordedCommand[] = [];
  readonly answers = new Map<string, RecordedAnswer>();
  /** What else a till was shown: of closed shifts the Z report, by the shift's id. */
  readonly shown = new Map<string, unknown>();
  readonly #versions = new Map<string, number>();
  readonly #prefix: string;

  /** `prefix`: of its keys, so that two books share none. */
  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  /** Rejects where it is refused: a scenario gives only what is taken. */
  async give<Name extends CommandName>(
    client: Till,
    name: Name,
    payload: CommandPayloads[Name],
    expected: Expected = {},
  ): Promise<CommandAnswer> {
    const key = `${this.#prefix}${name}/${this.commands.length + 1}`;
    const expect = this.#expect(expected);
    this.commands.push({ key, name, payload, expect });
    const options = Object.keys(expect).length === 0 ? { key } : { key, expect };
    const answer = await client.command(name, payload, options);
    this.answers.set(key, { version: answer.version, result: answer.result });
    for (const [table, ids] of Object.entries(answer.records)) {
      for (const [id, version] of Object.entries(ids)) this.learn(table, id, version);
    }
    return answer;
  }

  /** The version of a row that no command of the book wrote. */
  learn(table: string, id: string, version: number): void {
    const row = `${table} ${id}`;
    this.#versions.set(row, Math.max(version, this.#versions.get(row) ?? 0));
  }

  #expect(expected: Expected): Expect {
    const tables = Object.entries(expected).map(([table, ids]) => {
      const versions = ids.map((id) => [id, this.#versions.get(`${table} ${id}`) ?? 0] as const);
      return [table, Object.fromEntries(versions)] as const;
    });
    return Object.fromEntries(tables);
  }
}
