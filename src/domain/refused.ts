/** Decisions that refuse, in the words that several commands share. */
import { refuse, type Refusal, type RefusalCode } from '../base/refusal.js';
import type { Decision } from './command.js';
import { LINE_NEXT, ORDER_NEXT, isFinished } from './order-state.js';
import type { OrderHeader, OrderLine } from './rows.js';

export function refused(
  code: RefusalCode,
  message: string,
  more: Omit<Refusal, 'code' | 'message'> = {},
): Decision {
  return { kind: 'refused', refusal: refuse(code, message, more) };
}

/** `what` is a word of the trade: `order`, `line`, `item`. */
export function notFound(what: string, id: string): Decision {
  return refused('not_found', `no ${what} ${id}`, { details: { what, id } });
}

/** One fault in the payload; `path` is a JSON pointer into it. */
export function invalid(path: string, reason: string): Decision {
  return refused('validation_failed', `${path}: ${reason}`, { details: [{ path, reason }] });
}

/** The order's status does not allow it; `legal` are the statuses that it may go to. */
export function orderState(header: OrderHeader, message: string): Decision {
  return refused('invalid_state', message, {
    details: { status: header.status, legal: ORDER_NEXT[header.status] },
  });
}

export function lineState(line: OrderLine, message: string, more: object = {}): Decision {
  return refused('invalid_state', message, {
    details: { status: line.status, legal: LINE_NEXT[line.status], line_id: line.id, ...more },
  });
}

/** Refuses changes to an order that is closed or voided; undefined: it may be changed. */
export function refusedIfFinished(header: OrderHeader): Decision | undefined {
  return isFinished(header) ? orderState(header, `the order is ${header.status}`) : undefined;
}

/** Fields that a new record needs: those that are undefined are told. */
export function missingFields(fields: Readonly<Record<string, unknown>>): Decision {
  const missing = Object.keys(fields).filter((name) => fields[name] === undefined);
  const details = missing.map((name) => ({
    path: `/${name}`,
    reason: 'is needed for a new record',
  }));
  return refused('validation_failed', `${missing.join(' and ')} must be given`, { details });
}
