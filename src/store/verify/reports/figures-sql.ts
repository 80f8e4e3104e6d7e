/**
 * The figures of one shift, reckoned in SQL from the scratch rows as they are when it closes. Parameters: `branch`, `shift`,
 * `until` (when it closed), `opened` (when it was opened), `zone`, `version` (of the commit that closed it).
 */

/** Each row is sought by an index of the scratch tables, said aloud: without statistics SQLite would read the whole branch. */
const HEADERS = 'temp.fold_order_header h INDEXED BY fold_order_header_shift';
const LINES = 'temp.fold_order_line l INDEXED BY fold_order_line_order';
/** Closed orders alone count as sales; voids, corrections and kitchen times also come from orders that were voided whole. */
const CLOSED = `${HEADERS} WHERE h.branch_id = @branch AND h.shift_id = @shift AND h.status = 'closed'`;
const linesOf = (condition: string, statuses: string): string =>
  `${HEADERS} CROSS JOIN ${LINES} ON l.branch_id = h.branch_id AND l.order_id = h.id
   WHERE h.branch_id = @branch AND h.shift_id = @shift AND h.status IN (${statuses}) AND ${condition}`;
const SOLD = linesOf(`l.status <> 'voided'`, `'closed'`);
const FINISHED = `'closed', 'voided'`;
const PAYMENTS =
  'temp.fold_order_payment INDEXED BY fold_order_payment_shift WHERE branch_id = @branch AND shift_id = @shift';
const LINE_GROSS = `l.qty * (l.unit_price
  + coalesce((SELECT sum(m.value ->> 'price') FROM json_each(l.modifiers) m), 0))`;
/** What a till's clock may be off before a payment of before the shift is late. */
const LATE_MS = 60_000;

export const COUNTS_SQL = `SELECT 1 AS shifts, count(*) AS orders,
    coalesce(sum(max(h.guests, 0)), 0) AS guests,
    coalesce(sum(CASE WHEN h.guests > 0 THEN h.total END), 0) AS guests_total,
    count(CASE WHEN h.ready_at <= @until THEN h.sent_at END) AS cooked,
    coalesce(sum(CASE WHEN h.ready_at <= @until THEN max(0, h.ready_at - h.sent_at) END), 0) AS ready_ms,
    coalesce(sum(h.subtotal), 0) AS gross, coalesce(sum(h.discount), 0) AS discount,
    coalesce(sum(h.service_charge), 0) AS service_charge, coalesce(sum(h.tax), 0) AS tax,
    coalesce(sum(h.rounding), 0) AS rounding, coalesce(sum(h.total), 0) AS total,
    (SELECT count(*) FROM ${linesOf(`l.status = 'voided' AND l.sent_at IS NULL`, FINISHED)}) AS corrections,
    (SELECT count(*) FROM temp.fold_cash_movement m INDEXED BY fold_cash_movement_shift
     WHERE m.branch_id = @branch AND m.shift_id = @shift AND m.kind = 'no_sale') AS no_sales
  FROM ${CLOSED}`;

/** Each list of the figures but what was given away and the kitchen's, with the columns that name its entries. */
export const LISTS_SQL: Readonly<Record<string, string>> = {
  taxes: `SELECT rate, sum(net) AS net, sum(tax) AS tax FROM (
      SELECT l.tax_rate AS rate, l.total - l.tax AS net, l.tax AS tax FROM ${SOLD}
      UNION ALL
      SELECT (SELECT b.tax_rules ->> 'service_charge_tax_rate' FROM temp.fold_branch b WHERE b.id = @branch),
        service_charge - held, held
      FROM (SELECT h.service_charge, h.tax - coalesce((SELECT sum(l.tax) FROM ${LINES}
          WHERE l.branch_id = h.branch_id AND l.order_id = h.id AND l.status <> 'voided'), 0) AS held
        FROM ${CLOSED} AND h.service_charge > 0))
    GROUP BY rate`,
  voids: `SELECT coalesce(l.void_reason, h.void_reason) AS reason, l.voided_by AS by_staff,
      count(*) AS count, sum(${LINE_GROSS}) AS amount
    FROM ${linesOf(`l.status = 'voided' AND l.sent_at IS NOT NULL`, FINISHED)} GROUP BY 1, 2`,
  by_hour: `SELECT local_hour(@zone, coalesce(h.closed_at, h.updated_at)) AS hour, count(*) AS orders,
      sum(h.total) AS total
    FROM ${CLOSED} GROUP BY 1`,
  by_order_type: `SELECT h.order_type, count(*) AS orders, sum(h.total) AS total FROM ${CLOSED} GROUP BY 1`,
  by_staff: `SELECT h.opened_by AS by_staff, count(*) AS orders, sum(h.total) AS total FROM ${CLOSED} GROUP BY 1`,
  by_station: `SELECT l.station, sum(l.qty) AS qty, sum(l.total) AS total FROM ${SOLD} GROUP BY 1`,
  by_item: `SELECT item_id, name, (SELECT i.category FROM temp.fold_menu_item i
        WHERE i.branch_id = @branch AND i.id = item_id) AS category, qty, total
    FROM (SELECT l.item_id, l.name, sum(l.qty) AS qty, sum(l.total) AS total FROM ${SOLD} GROUP BY 1, 2)`,
  payments: `SELECT method, count(CASE kind WHEN 'payment' THEN 1 END) AS payments,
      coalesce(sum(CASE kind WHEN 'payment' THEN amount END), 0) AS paid,
      count(CASE kind WHEN 'refund' THEN 1 END) AS refunds,
      coalesce(sum(CASE kind WHEN 'refund' THEN amount END), 0) AS refunded
    FROM ${PAYMENTS} GROUP BY 1`,
  tips: `SELECT method, by_staff, count(*) AS count, sum(tip) AS amount FROM ${PAYMENTS} AND tip <> 0 GROUP BY 1, 2`,
  late: `SELECT device_id, count(*) AS count, sum(amount) AS amount
    FROM ${PAYMENTS} AND kind = 'payment' AND client_at < @opened - ${String(LATE_MS)} GROUP BY 1`,
};

const COOKED = `SELECT l.station, l.recalls, l.sent_at, l.started_at,
    CASE WHEN l.status IN ('ready', 'served') AND coalesce(l.ready_at, l.served_at) <= @until
      THEN coalesce(l.ready_at, l.served_at) END AS done
  FROM ${linesOf('l.station IS NOT NULL', FINISHED)}`;

export const STATIONS_SQL = `SELECT station, count(done) AS lines, coalesce(sum(recalls), 0) AS recalls
  FROM (${COOKED}) WHERE recalls IS NOT NULL OR done IS NOT NULL GROUP BY 1`;

export const TIMES_SQL = `WITH cooked AS (${COOKED})
  SELECT station, step, (SELECT count(*) FROM temp.kitchen_bound b WHERE b.ms < t.ms) AS bucket, count(*) AS lines
  FROM (SELECT station, 'to_ready' AS step, done - sent_at AS ms FROM cooked
    UNION ALL SELECT station, 'preparation', done - started_at FROM cooked
    UNION ALL SELECT station, 'queue', started_at - sent_at FROM cooked WHERE done IS NOT NULL) t
  WHERE ms IS NOT NULL GROUP BY 1, 2, 3`;

export const DRAWER_SQL = `WITH
    taken AS (SELECT coalesce(sum(CASE kind WHEN 'payment' THEN amount END), 0) AS payments,
        coalesce(sum(tip), 0) AS tips, coalesce(sum(CASE kind WHEN 'refund' THEN amount END), 0) AS refunds
      FROM ${PAYMENTS} AND method = 'cash'),
    moved AS (SELECT coalesce(sum(CASE kind WHEN 'paid_in' THEN amount END), 0) AS paid_in,
        coalesce(sum(CASE kind WHEN 'paid_out' THEN amount END), 0) AS paid_out,
        coalesce(sum(CASE kind WHEN 'drop' THEN amount END), 0) AS drops
      FROM temp.fold_cash_movement INDEXED BY fold_cash_movement_shift
      WHERE branch_id = @branch AND shift_id = @shift),
    cash AS MATERIALIZED (SELECT s.opening_float, s.counted_cash, taken.*, moved.*,
        s.opening_float + payments + tips - refunds + paid_in - paid_out - drops AS due
      FROM temp.fold_pos_shift s, taken, moved WHERE s.branch_id = @branch AND s.id = @shift)
  SELECT opening_float, payments, tips, refunds, paid_in, paid_out, drops,
    CASE WHEN counted_cash IS NULL THEN 0 ELSE due END AS expected,
    coalesce(counted_cash, 0) AS counted,
    CASE WHEN counted_cash IS NULL THEN 0 ELSE counted_cash - due END AS over_short,
    counted_cash IS NULL AS uncounted
  FROM cash`;

/** Unfinished orders that the close left in the shift, or took along to the next one in the same commit. */
export const OPEN_ORDERS_SQL = `SELECT count(*) AS count, coalesce(sum(total), 0) AS total FROM (
    SELECT h.total FROM ${HEADERS}
    WHERE h.branch_id = @branch AND h.shift_id = @shift AND h.status NOT IN ('closed', 'voided')
    UNION ALL
    SELECT h.total FROM temp.fold_pos_shift s CROSS JOIN ${HEADERS}
      ON h.branch_id = s.branch_id AND h.shift_id = s.id
    WHERE s.branch_id = @branch AND s.status = 'open' AND s.commit_version = @version
      AND h.commit_version = @version AND h.status NOT IN ('closed', 'voided'))`;

/** Discounts and comps of closed orders, in the order in which they were given. */
export const GIVEN_SQL = `SELECT a.order_id, a.line_id, a.kind, a.value_kind, a.value, a.reason, a.by_staff
  FROM ${HEADERS} CROSS JOIN temp.fold_order_adjustment a INDEXED BY fold_order_adjustment_order
    ON a.branch_id = h.branch_id AND a.order_id = h.id
  WHERE h.branch_id = @branch AND h.shift_id = @shift AND h.status = 'closed' AND a.kind <> 'service_charge'
  ORDER BY a.order_id, a.commit_version, a.id`;

/** What the lines of an order come to before anything is given away. Parameters: `branch`, `order`. */
export const GROSS_SQL = `SELECT l.id, CASE l.status WHEN 'voided' THEN 0 ELSE ${LINE_GROSS} END AS gross
  FROM ${LINES} WHERE l.branch_id = @branch AND l.order_id = @order ORDER BY l.seq`;
