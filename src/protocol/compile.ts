/** Schemas to checkers; the one place that knows TypeBox's compiler. Only the hub's side of the wire imports it. */
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import type { TSchema } from 'typebox';
import type { FaultDetail } from '../base/refusal.js';
import { explain } from './faults.js';
import { FAULTS_MAX } from './limits.js';

/** What is wrong with the value; empty: nothing. */
export type Checker = (value: unknown) => readonly FaultDetail[];

// One fault can come as several errors: one for each member of a union and one for the union.
Settings.Set({ maxErrors: FAULTS_MAX * 4 });

const NO_FAULTS: readonly FaultDetail[] = [];

/** Takes about half a millisecond a schema, so it is done once for each, at start. */
export function compileChecker(schema: TSchema): Checker {
  const validator = Compile(schema);
  return (value) => (validator.Check(value) ? NO_FAULTS : explain(validator.Errors(value)));
}
