/** Says what is wrong with a payload so that whoever wrote the client understands it: a JSON pointer and a short reason. */
import type { TLocalizedValidationError } from 'typebox/error';
import type { FaultDetail } from '../base/refusal.js';
import { FAULTS_MAX } from './limits.js';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

/** `#` stands for the bound. */
const BOUND_WORDS: Readonly<Record<string, string>> = {
  minimum: 'must be at least #',
  maximum: 'must be at most #',
  minLength: 'must have at least # characters',
  maxLength: 'must have at most # characters',
  minItems: 'must hold at least #',
  maxItems: 'must hold at most #',
  minProperties: 'must have at least # fields',
  maxProperties: 'must have at most # fields',
};

interface Fault extends FaultDetail {
  readonly schemaPath: string;
  /** What would be right here, where the fault is that the value is none of it; else null. */
  readonly wanted: string | null;
}

/** The checker's errors as details, each path once and at most `FAULTS_MAX` of them. */
export function explain(errors: readonly TLocalizedValidationError[]): FaultDetail[] {
  let faults: Fault[] = [];
  for (const error of errors) {
    faults =
      error.keyword === 'anyOf'
        ? mergeAlternatives(faults, error)
        : [...faults, ...faultsOf(error)];
  }
  const details = new Map<string, FaultDetail>();
  for (const { path, reason } of faults) {
    if (details.size < FAULTS_MAX && !details.has(path)) details.set(path, { path, reason });
  }
  return [...details.values()];
}

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function faultsOf(error: TLocalizedValidationError): Fault[] {
  const at = (path: string, reason: string, wanted: string | null = null): Fault => ({
    path,
    reason,
    wanted,
    schemaPath: error.schemaPath,
  });
  const here = error.instancePath;
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((property) =>
      at(here + pointerStep(property), 'is required'),
    );
  }
  if (error.keyword === 'boolean') return [at(here, 'is not a known field')];
  // Each of them has come as `boolean`, or with a fault of its own.
  if (error.keyword === 'additionalProperties') return [];
  const wanted = wantedBy(error);
  return [at(here, wanted === null ? boundReason(error) : `must be ${wanted}`, wanted)];
}

/** What the value should have been; null: it is of the right kind, and something else is wrong with it. */
function wantedBy(error: TLocalizedValidationError): string | null {
  if (error.keyword === 'type') return typeNames(error.params.type);
  if (error.keyword === 'const') return literal(error.params.allowedValue);
  if (error.keyword === 'enum') return error.params.allowedValues.map(literal).join(' or ');
  return null;
}

function boundReason(error: TLocalizedValidationError): string {
  if (error.keyword === 'pattern') return `must match ${String(error.params.pattern)}`;
  if (error.keyword === 'uniqueItems') return 'must not hold anything twice';
  if (error.keyword === 'minLength' && error.params.limit === 1) return 'must not be empty';
  const limit = 'limit' in error.params ? String(error.params.limit) : '';
  const words = BOUND_WORDS[error.keyword];
  return words === undefined ? error.message : words.replace('#', limit);
}

/**
 * The faults of a union's members come before its own. Where each says what it wanted, they become one reason ("must be a
 * string or null"); else those that came closer than a wrong type are told (a text that is too long, not "must be null").
 */
function mergeAlternatives(faults: readonly Fault[], union: TLocalizedValidationError): Fault[] {
  const inside = (fault: Fault): boolean =>
    fault.schemaPath.startsWith(`${union.schemaPath}/anyOf/`);
  const others = faults.filter((fault) => !inside(fault));
  const alternatives = faults.filter(inside);
  const closer = alternatives.filter(({ wanted }) => wanted === null);
  if (closer.length > 0) return [...others, ...closer];
  const wanted = new Set(alternatives.map((fault) => fault.wanted ?? ''));
  // A type that only says what its literals say more exactly.
  const exact = [...wanted].some((name) => name.startsWith('"'));
  const names = [...wanted].filter((name) => !(exact && name === TYPE_NAMES['string']));
  const choice = names.join(' or ');
  return [
    ...others,
    {
      path: union.instancePath,
      reason: names.length === 0 ? 'is not valid' : `must be ${choice}`,
      wanted: names.length === 0 ? null : choice,
      schemaPath: union.schemaPath,
    },
  ];
}

function typeNames(types: string | readonly string[]): string {
  const names = typeof types === 'string' ? [types] : types;
  return names.map((name) => TYPE_NAMES[name] ?? name).join(' or ');
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}
