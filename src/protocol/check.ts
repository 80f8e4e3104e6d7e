/** What stands inside commands and queries, checked by its own schema: one check for every door that they come in by. */
import type { TSchema } from 'typebox';
import { isUuid } from '../base/card-data.js';
import { refuse, type FaultDetail, type Refusal } from '../base/refusal.js';
import { COMMANDS, LEASES } from '../domain/registry.js';
import { compileChecker, type Checker } from './compile.js';
import { numberFaults } from './numbers.js';
import { QUERY_PARAMS } from './queries.js';

/** What a command, view, query or message may be called. */
const NAME = /^(?=.{1,40}$)[A-Za-z]+(?:[._:-][A-Za-z]+)*$/;
/** A step of a path that may be told, without its escapes: an index, a name as fields have, or anything without a digit. */
const STEP = /^(?:\d{1,3}|\D{0,40}|(?!.*\d{4})[a-z][A-Za-z0-9_]{0,39})$/;

type Fields = Readonly<Record<string, unknown>>;

const payloads = compileAll(
  Object.values({ ...COMMANDS, ...LEASES }).map(({ name, payload }) => [name, payload]),
);
const params = compileAll(Object.entries(QUERY_PARAMS));

function compileAll(schemas: Iterable<readonly [string, TSchema]>): ReadonlyMap<string, Checker> {
  return new Map([...schemas].map(([name, schema]) => [name, compileChecker(schema)]));
}

/** Null: there is such a command, and this is a payload of it. Turns each -0 inside into 0. */
export function checkCommand(name: string, payload: Fields): Refusal | null {
  const checker = payloads.get(name);
  return checker === undefined ? unknownName('command', name) : check(checker, name, payload);
}

/** Null: there is such a query, and these are parameters of it. */
export function checkQuery(name: string, given: Fields): Refusal | null {
  const checker = params.get(name);
  return checker === undefined ? unknownName('query', name) : check(checker, name, given);
}

/** `validation_failed` where the value does not fit, or holds a number that no command may hold; `what` is named in it. */
export function check(checker: Checker, what: string, value: Fields): Refusal | null {
  const numbers = numberFaults(value);
  const faults = checker(value);
  if (numbers.length + faults.length === 0) return null;
  const told = new Set(faults.map(({ path }) => path));
  const more = numbers.filter(({ path }) => !told.has(path));
  return withFaults('validation_failed', what, [...faults, ...more]);
}

export function unknownName(what: 'view' | 'command' | 'query', name: string): Refusal {
  return refuse('validation_failed', `there is no ${what}${named(name)}`, {
    details: [{ path: what === 'view' ? '/view' : '/name', reason: `is not a known ${what}` }],
  });
}

/** A refusal whose message tells the first fault, and whose details are all of them. */
export function withFaults(
  code: 'bad_message' | 'validation_failed',
  what: string,
  details: readonly FaultDetail[],
): Refusal {
  const told = details.map(({ path, reason }) => ({ path: withoutSecrets(path), reason }));
  const [first] = told;
  const text = first === undefined ? 'is not valid' : `${first.path} ${first.reason}`.trim();
  const more = details.length > 1 ? ` (and ${String(details.length - 1)} more)` : '';
  return refuse(code, `${what}: ${text}${more}`, { details: told });
}

/** A client's name for something as a message may repeat it: nothing where it is not a word of that kind, it may be a secret. */
export function named(name: string): string {
  return NAME.test(name) ? ` "${name}"` : ' of that name';
}

/** The names of fields are the client's: those that none of ours could have may be a secret in the wrong place. */
function withoutSecrets(path: string): string {
  const steps = path.split('/');
  return steps.map((step) => (mayTell(step) ? step : '[hidden]')).join('/');
}

function mayTell(step: string): boolean {
  return STEP.test(step.replaceAll(/~[01]/g, '~')) || isUuid(step);
}
