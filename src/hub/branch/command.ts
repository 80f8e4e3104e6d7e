/** A command that passed the door: its payload fits the schema, its giver's role and branch were checked. */
import type { SecretChange } from '../../store/secrets.js';
import type { Actor, CommandDefinition, Expect } from '../../domain/command.js';

export interface BranchCommand {
  readonly definition: CommandDefinition;
  readonly key: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect: Expect | undefined;
  readonly actor: Actor;
  readonly clientAt: number | null;
  readonly correlationId: string | null;
  /** Written in the same commit; absent: none. */
  readonly secrets?: readonly SecretChange[];
}
