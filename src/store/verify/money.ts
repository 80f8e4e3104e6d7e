/**
 * Money, reckoned anew in SQL from the rows themselves: lines from quantity and price, orders from lines and payments,
 * drawers from payments and movements. Each query gives the rows that are wrong. Division is of whole numbers, none
 * negative, so `(2ab + c) / 2c` is ab ÷ c rounded half away from zero.
 */
import type { Database } from 'better-sqlite3';
import { shown, type Check, type Findings } from './findings.js';

interface Wrong {
  readonly branch_id: string;
  readonly id: string;
  readonly found: unknown;
  readonly expected: unknown;
}

interface Identity {
  readonly check: Check;
  /** Names the record and the column: `order_line total`. */
  readonly what: readonly [table: string, column: string];
  /** Gives branch_id, id, found and expected of each wrong row. */
  readonly sql: string;
}

/** What each line comes to before and after its discount; a voided line comes to nothing. */
const LINE_SUMS = `CREATE TEMP TABLE line_sum AS
  SELECT branch_id, id, order_id, status <> 'voided' AS counts, tax_rate, tax_included, discount, tax, total, gross,
         gross - discount AS net
  FROM (SELECT l.*, CASE WHEN l.status = 'voided' THEN 0 ELSE l.qty * (l.unit_price + coalesce(
          (SELECT sum(m.value ->> 'price') FROM json_each(l.modifiers) m), 0)) END AS gross
        FROM temp.stored_order_line l)`;

const ORDER_SUMS = `CREATE TEMP TABLE order_sum AS
  SELECT h.branch_id, h.id, coalesce(l.gross, 0) AS gross, coalesce(l.discount, 0) AS discount,
         coalesce(l.tax, 0) AS tax, coalesce(l.total, 0) AS total, coalesce(l.net, 0) AS net,
         coalesce(p.paid, 0) AS paid, coalesce(p.tip, 0) AS tip, coalesce(p.taken, 0) AS taken
  FROM temp.stored_order_header h
  LEFT JOIN (SELECT branch_id, order_id, sum(gross) AS gross, sum(discount) AS discount,
               sum(tax) AS tax, sum(total) AS total, sum(net) AS net
             FROM temp.line_sum GROUP BY branch_id, order_id) l
    ON l.branch_id = h.branch_id AND l.order_id = h.id
  LEFT JOIN (SELECT branch_id, order_id,
               sum(CASE kind WHEN 'refund' THEN -amount ELSE amount END) AS paid,
               sum(CASE kind WHEN 'refund' THEN -tip ELSE tip END) AS tip,
               sum(CASE kind WHEN 'refund' THEN 0 ELSE amount END) AS taken
             FROM temp.stored_order_payment GROUP BY branch_id, order_id) p
    ON p.branch_id = h.branch_id AND p.order_id = h.id`;

function orderColumn(column: string, expected: string): Identity {
  return {
    check: 'order_money',
    what: ['order_header', column],
    sql: `SELECT h.branch_id, h.id, h.${column} AS found, ${expected} AS expected
      FROM temp.stored_order_header h JOIN temp.order_sum s ON s.branch_id = h.branch_id AND s.id = h.id
      WHERE found <> expected`,
  };
}

function lineColumn(column: string, expected: string): Identity {
  return {
    check: 'line_money',
    what: ['order_line', column],
    sql: `SELECT branch_id, id, ${column} AS found, ${expected} AS expected FROM temp.line_sum
      WHERE found <> expected`,
  };
}

const SERVICE_CHARGE = `coalesce((SELECT sum(CASE a.value_kind
    WHEN 'percent' THEN (2 * s.net * a.value + 10000) / 20000 ELSE min(a.value, s.net) END)
  FROM temp.stored_order_adjustment a
  WHERE a.branch_id = h.branch_id AND a.order_id = h.id AND a.kind = 'service_charge'), 0)`;

const SERVICE_CHARGE_RATE = `coalesce(
  (SELECT b.tax_rules ->> 'service_charge_tax_rate' FROM main.branch b WHERE b.id = h.branch_id), 0)`;

const EXPECTED_CASH = `s.opening_float
  + coalesce((SELECT sum(CASE kind WHEN 'refund' THEN -(amount + tip) ELSE amount + tip END)
      FROM temp.stored_order_payment p
      WHERE p.branch_id = s.branch_id AND p.shift_id = s.id AND p.method = 'cash'), 0)
  + coalesce((SELECT sum(CASE kind WHEN 'paid_in' THEN amount WHEN 'no_sale' THEN 0 ELSE -amount END)
      FROM main.cash_movement m WHERE m.branch_id = s.branch_id AND m.shift_id = s.id), 0)`;

const IDENTITIES: readonly Identity[] = [
  lineColumn('discount', 'max(0, min(discount, gross))'),
  lineColumn(
    'tax',
    `CASE tax_included WHEN 1 THEN (2 * net * tax_rate + 10000 + tax_rate) / (2 * (10000 + tax_rate))
      ELSE (2 * net * tax_rate + 10000) / 20000 END`,
  ),
  lineColumn('total', 'net + CASE tax_included WHEN 1 THEN 0 ELSE tax END'),
  orderColumn('subtotal', 's.gross'),
  orderColumn('discount', 's.discount'),
  orderColumn('service_charge', SERVICE_CHARGE),
  orderColumn('total', 's.total + h.service_charge + h.rounding'),
  {
    check: 'order_money',
    what: ['order_header', 'discount without an adjustment'],
    sql: `SELECT h.branch_id, h.id, h.discount AS found, 0 AS expected FROM temp.stored_order_header h
      WHERE h.discount > 0 AND NOT EXISTS (SELECT 1 FROM temp.stored_order_adjustment a
        WHERE a.branch_id = h.branch_id AND a.order_id = h.id AND a.kind <> 'service_charge')`,
  },
  orderColumn('paid', 's.paid'),
  orderColumn('tip', 's.tip'),
  {
    // The tax within the service charge is known while the branch's rules are those it began with.
    check: 'order_money',
    what: ['order_header', 'tax'],
    sql: `SELECT h.branch_id, h.id, h.tax AS found, s.tax
        + (2 * h.service_charge * ${SERVICE_CHARGE_RATE} + 10000 + ${SERVICE_CHARGE_RATE})
          / (2 * (10000 + ${SERVICE_CHARGE_RATE})) AS expected
      FROM temp.stored_order_header h JOIN temp.order_sum s ON s.branch_id = h.branch_id AND s.id = h.id
      JOIN main.branch b ON b.id = h.branch_id
      WHERE found <> expected AND (h.service_charge = 0 OR b.version = 1)`,
  },
  {
    check: 'payment',
    what: ['order_header', 'payments of a closed order'],
    sql: `SELECT h.branch_id, h.id, s.taken AS found, h.total AS expected
      FROM temp.stored_order_header h JOIN temp.order_sum s ON s.branch_id = h.branch_id AND s.id = h.id
      WHERE h.status = 'closed' AND s.taken < h.total`,
  },
  {
    check: 'payment',
    what: ['order_payment', 'change_due'],
    sql: `SELECT branch_id, id, change_due AS found, tendered - amount - tip AS expected
      FROM temp.stored_order_payment WHERE found IS NOT expected`,
  },
  {
    check: 'payment',
    what: ['order_payment', 'sum of refunds'],
    sql: `SELECT r.branch_id, coalesce(r.refund_of, min(r.id)) AS id, sum(r.amount) AS found,
        max(p.amount) AS expected
      FROM temp.stored_order_payment r
      LEFT JOIN temp.stored_order_payment p ON p.branch_id = r.branch_id AND p.id = r.refund_of
        AND p.kind = 'payment' AND p.order_id = r.order_id
      WHERE r.kind = 'refund' GROUP BY r.branch_id, r.refund_of
      HAVING expected IS NULL OR found > expected`,
  },
  {
    check: 'drawer',
    what: ['pos_shift', 'expected_cash'],
    sql: `SELECT s.branch_id, s.id, s.expected_cash AS found, ${EXPECTED_CASH} AS expected
      FROM main.pos_shift s WHERE s.status = 'closed' AND found IS NOT expected`,
  },
  {
    check: 'drawer',
    what: ['pos_shift', 'over_short'],
    sql: `SELECT branch_id, id, over_short AS found, counted_cash - expected_cash AS expected
      FROM main.pos_shift WHERE found IS NOT expected`,
  },
  {
    check: 'z_number',
    what: ['pos_shift', 'z_number'],
    sql: `SELECT branch_id, id, z_number AS found, expected FROM (
        SELECT *, CASE status WHEN 'closed' THEN row_number() OVER (
          PARTITION BY branch_id, register_id, status ORDER BY z_number, commit_version) END AS expected
        FROM main.pos_shift)
      WHERE z_number IS NOT expected`,
  },
];

export function checkMoney(database: Database, findings: Findings): void {
  database.exec(LINE_SUMS);
  database.exec(ORDER_SUMS);
  database.exec('CREATE UNIQUE INDEX temp.order_sum_of ON order_sum (branch_id, id)');
  for (const { check, what, sql } of IDENTITIES) {
    const wrong = database.prepare(`${sql} ORDER BY 1, 2`).all() as Wrong[];
    const [first] = wrong;
    if (first === undefined) continue;
    const [table, column] = what;
    const place = `${table} ${first.branch_id} ${first.id}: ${column} is ${shown(first.found)}`;
    findings.add(check, `${place}, reckoned anew it is ${shown(first.expected)}`, wrong.length);
  }
}
