/** Card data in what a caller sent: where it is, and the refusal, neither of which repeats any of it. */
import { cardDataIn, isCardField, withoutCardData } from '../base/card-data.js';
import { refuse, type FaultDetail, type Refusal } from '../base/refusal.js';
import { pointerStep } from './faults.js';
import { FAULTS_MAX } from './limits.js';

const REASONS = {
  'card number': 'holds a card number',
  'track data': 'holds track data of a card',
  'security code': 'holds the security code of a card',
  'card field': 'is a field for card data',
} as const;

interface Field {
  /** JSON pointer (RFC 6901), free of card data. */
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
}

/**
 * The card data anywhere in the value, at most `FAULTS_MAX` places: in texts, in numbers, in the names of fields. However
 * deep the value is, this does not recurse.
 */
export function cardFaults(value: unknown): readonly FaultDetail[] {
  const faults: FaultDetail[] = [];
  const fields: Field[] = [{ path: '', name: '', value }];
  for (let field = fields.pop(); field !== undefined; field = fields.pop()) {
    const kind = kindOf(field);
    if (kind === null) {
      for (const inside of fieldsOf(field).reverse()) fields.push(inside);
    } else if (
      faults.push({ path: withoutCardData(field.path), reason: REASONS[kind] }) === FAULTS_MAX
    ) {
      break;
    }
  }
  return faults;
}

export function refuseCardData(details: readonly FaultDetail[]): Refusal {
  return refuse('validation_failed', 'card data is never taken here', { details });
}

function kindOf({ name, value }: Field): keyof typeof REASONS | null {
  return isCardField(name) ? 'card field' : (cardDataIn(name) ?? cardDataIn(asText(value)));
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : '';
}

function fieldsOf({ path, value }: Field): Field[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).map(([name, inside]) => ({
    path: path + pointerStep(withoutCardData(name)),
    name,
    value: inside as unknown,
  }));
}
