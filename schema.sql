-- The database of a hub, version 3. Names of tables and columns are those of docs/protocol.md.
--
-- Money is an integer of the branch's minor units, times are UTC epoch milliseconds, rates are basis points.
-- Every record's key begins with its branch, and so does every reference: no record can point into another branch.
-- `commit_version` stays inside the store: the branch version of the commit that last wrote the row.
-- Indexes are few on purpose: each costs every command. The query that needs one is named beside it.
-- Where commands write, a CHECK of several values is a chain of OR: for IN, SQLite builds a table at every statement.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE branch (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
  name TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  zone TEXT NOT NULL,
  cutoff_hour INTEGER NOT NULL CHECK (cutoff_hour BETWEEN 0 AND 23),
  tax_rules TEXT NOT NULL CHECK (json_valid(tax_rules)),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  version INTEGER NOT NULL CHECK (version >= 1),
  commit_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE station (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  names TEXT NOT NULL CHECK (json_valid(names)),
  position INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE menu_item (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  names TEXT NOT NULL CHECK (json_valid(names)),
  category TEXT,
  station TEXT,
  price INTEGER NOT NULL CHECK (price >= 0),
  tax_rate INTEGER NOT NULL CHECK (tax_rate >= 0),
  tax_included INTEGER NOT NULL CHECK (tax_included IN (0, 1)),
  modifier_groups TEXT NOT NULL CHECK (json_valid(modifier_groups)),
  allergens TEXT NOT NULL CHECK (json_valid(allergens)),
  prep_seconds INTEGER CHECK (prep_seconds >= 0),
  available INTEGER NOT NULL CHECK (available IN (0, 1)),
  remaining INTEGER CHECK (remaining >= 0),
  position INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, station) REFERENCES station (branch_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'cashier', 'waiter', 'kitchen')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  version INTEGER NOT NULL CHECK (version >= 1),
  commit_version INTEGER NOT NULL,
  tokens_from INTEGER,
  pin_set_at INTEGER,
  password_set_at INTEGER,
  PRIMARY KEY (branch_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'cashier', 'waiter', 'kitchen')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  version INTEGER NOT NULL CHECK (version >= 1),
  commit_version INTEGER NOT NULL,
  tokens_from INTEGER,
  paired_at INTEGER,
  PRIMARY KEY (branch_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pos_shift (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  id TEXT NOT NULL,
  register_id TEXT NOT NULL,
  business_date TEXT NOT NULL CHECK (business_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  opened_by TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  opening_float INTEGER NOT NULL CHECK (opening_float >= 0),
  closed_by TEXT,
  closed_at INTEGER,
  counted_cash INTEGER CHECK (counted_cash >= 0),
  expected_cash INTEGER,
  over_short INTEGER,
  z_number INTEGER CHECK (z_number >= 1),
  version INTEGER NOT NULL CHECK (version >= 1),
  z_report TEXT CHECK (json_valid(z_report)),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id)
) STRICT, WITHOUT ROWID;
-- One shift is open per branch; finds it.
CREATE UNIQUE INDEX pos_shift_open ON pos_shift (branch_id) WHERE status = 'open';
-- Z numbers are unique for each register; finds the highest.
CREATE UNIQUE INDEX pos_shift_z ON pos_shift (branch_id, register_id, z_number) WHERE z_number IS NOT NULL;
-- The shift closed last.
CREATE INDEX pos_shift_closed ON pos_shift (branch_id, closed_at) WHERE status = 'closed';
-- The shifts of a range of dates, all of them but their Z reports: each search by the primary key would read some whole.
CREATE INDEX pos_shift_date ON pos_shift (branch_id, business_date, register_id, status, opened_by, opened_at, opening_float,
  closed_by, closed_at, counted_cash, expected_cash, over_short, z_number, version);

CREATE TABLE cash_movement (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('paid_in', 'paid_out', 'drop', 'no_sale')),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  reason TEXT NOT NULL,
  by_staff TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version = 1),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, shift_id) REFERENCES pos_shift (branch_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cash_movement_of_shift ON cash_movement (branch_id, shift_id);

CREATE TABLE number_lease (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  business_date TEXT NOT NULL,
  device_id TEXT NOT NULL,
  first_number INTEGER NOT NULL CHECK (first_number >= 1),
  last_number INTEGER NOT NULL CHECK (last_number >= first_number),
  at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, shift_id) REFERENCES pos_shift (branch_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX number_lease_of_shift ON number_lease (branch_id, shift_id);
-- The highest number leased on a business date; no number is leased twice.
CREATE UNIQUE INDEX number_lease_number ON number_lease (branch_id, business_date, last_number);

CREATE TABLE order_header (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  business_date TEXT NOT NULL CHECK (business_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  number INTEGER NOT NULL CHECK (number >= 1),
  order_type TEXT NOT NULL CHECK (order_type = 'dine_in' OR order_type = 'takeaway' OR order_type = 'delivery'),
  table_no TEXT,
  guests INTEGER CHECK (guests >= 0),
  customer_name TEXT,
  note TEXT,
  priority INTEGER NOT NULL,
  status TEXT NOT NULL
    CHECK (status = 'open' OR status = 'preparing' OR status = 'ready' OR status = 'closed'
      OR status = 'voided'),
  payment_status TEXT NOT NULL
    CHECK (payment_status = 'unpaid' OR payment_status = 'partial' OR payment_status = 'paid'
      OR payment_status = 'refunded'),
  stations TEXT NOT NULL CHECK (json_valid(stations)),
  subtotal INTEGER NOT NULL CHECK (subtotal >= 0),
  discount INTEGER NOT NULL CHECK (discount >= 0),
  service_charge INTEGER NOT NULL CHECK (service_charge >= 0),
  tax INTEGER NOT NULL CHECK (tax >= 0),
  rounding INTEGER NOT NULL,
  total INTEGER NOT NULL,
  paid INTEGER NOT NULL,
  tip INTEGER NOT NULL,
  opened_by TEXT NOT NULL,
  device_id TEXT NOT NULL,
  merged_into TEXT,
  split_from TEXT,
  void_reason TEXT,
  opened_at INTEGER NOT NULL,
  sent_at INTEGER,
  ready_at INTEGER,
  closed_at INTEGER,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  reopen_reason TEXT,
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, shift_id) REFERENCES pos_shift (branch_id, id),
  FOREIGN KEY (branch_id, merged_into) REFERENCES order_header (branch_id, id),
  FOREIGN KEY (branch_id, split_from) REFERENCES order_header (branch_id, id)
) STRICT, WITHOUT ROWID;
-- One number, one receipt; the highest number of a business date; order.list by number, date by date.
CREATE UNIQUE INDEX order_header_number ON order_header (branch_id, business_date, number);
-- A start's hot rows; the report of a shift.
CREATE INDEX order_header_of_shift ON order_header (branch_id, shift_id);
-- A start's hot rows beyond the open shift; order.list of unfinished orders.
CREATE INDEX order_header_hot ON order_header (branch_id, opened_at, id)
  WHERE (status NOT IN ('closed', 'voided') OR stations <> '[]');
-- order.list, newest first, by time; of one table; of voided orders.
CREATE INDEX order_header_opened ON order_header (branch_id, opened_at, id);
CREATE INDEX order_header_table ON order_header (branch_id, table_no, opened_at, id) WHERE table_no IS NOT NULL;
CREATE INDEX order_header_voided ON order_header (branch_id, opened_at, id) WHERE status = 'voided';

-- A line keeps what the menu said when it was rung up, so it does not refer to menu_item or station.
CREATE TABLE order_line (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  item_id TEXT NOT NULL,
  name TEXT NOT NULL,
  unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
  qty INTEGER NOT NULL CHECK (qty BETWEEN 1 AND 999),
  modifiers TEXT NOT NULL CHECK (json_valid(modifiers)),
  note TEXT,
  allergens TEXT NOT NULL CHECK (json_valid(allergens)),
  seat INTEGER CHECK (seat >= 0),
  course INTEGER CHECK (course >= 0),
  station TEXT,
  status TEXT NOT NULL
    CHECK (status = 'new' OR status = 'held' OR status = 'queued' OR status = 'preparing'
      OR status = 'ready' OR status = 'served' OR status = 'voided'),
  mark TEXT CHECK (mark = 'changed' OR mark = 'moved' OR mark = 'voided'),
  discount INTEGER NOT NULL CHECK (discount >= 0),
  tax_rate INTEGER NOT NULL CHECK (tax_rate >= 0),
  tax INTEGER NOT NULL CHECK (tax >= 0),
  total INTEGER NOT NULL,
  void_reason TEXT,
  origin_line_id TEXT,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  started_at INTEGER,
  ready_at INTEGER,
  served_at INTEGER,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  tax_included INTEGER NOT NULL CHECK (tax_included IN (0, 1)),
  voided_by TEXT,
  recalls INTEGER CHECK (recalls >= 1),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, order_id) REFERENCES order_header (branch_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_line_of_order ON order_line (branch_id, order_id);
-- kitchen.recent: the lines of a station served last.
CREATE INDEX order_line_served ON order_line (branch_id, station, served_at) WHERE status = 'served';

CREATE TABLE order_payment (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund')),
  refund_of TEXT,
  method TEXT NOT NULL
    CHECK (method = 'cash' OR method = 'card' OR method = 'voucher' OR method = 'account'
      OR method = 'other'),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  tip INTEGER NOT NULL CHECK (tip >= 0),
  tendered INTEGER CHECK (tendered >= 0),
  change_due INTEGER CHECK (change_due >= 0),
  reference TEXT,
  by_staff TEXT NOT NULL,
  device_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  client_at INTEGER,
  version INTEGER NOT NULL CHECK (version = 1),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, order_id) REFERENCES order_header (branch_id, id),
  FOREIGN KEY (branch_id, shift_id) REFERENCES pos_shift (branch_id, id),
  FOREIGN KEY (branch_id, refund_of) REFERENCES order_payment (branch_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_payment_of_order ON order_payment (branch_id, order_id);
CREATE INDEX order_payment_of_shift ON order_payment (branch_id, shift_id);

CREATE TABLE order_adjustment (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  line_id TEXT,
  shift_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'discount' OR kind = 'comp' OR kind = 'service_charge'),
  value_kind TEXT NOT NULL CHECK (value_kind IN ('percent', 'amount')),
  value INTEGER NOT NULL CHECK (value >= 0),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  reason TEXT,
  by_staff TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version = 1),
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, order_id) REFERENCES order_header (branch_id, id),
  FOREIGN KEY (branch_id, line_id) REFERENCES order_line (branch_id, id),
  FOREIGN KEY (branch_id, shift_id) REFERENCES pos_shift (branch_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_adjustment_of_order ON order_adjustment (branch_id, order_id);

-- Both logs with a rowid: steps of many orders come mixed, so only a narrow index is written at random, and the rows at one end.
CREATE TABLE order_status_log (
  branch_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  by_staff TEXT NOT NULL,
  device_id TEXT NOT NULL,
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, order_id, version)
) STRICT;

-- order_id is the order that held the line at that moment; merge and split move lines.
CREATE TABLE order_line_status_log (
  branch_id TEXT NOT NULL,
  line_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  by_staff TEXT NOT NULL,
  device_id TEXT NOT NULL,
  commit_version INTEGER NOT NULL,
  PRIMARY KEY (branch_id, line_id, version)
) STRICT;

-- Each branch's numbered history, one row a commit. `hash` chains it to the row before (docs/spec.md, S-CHAIN-1).
-- With a rowid: change sets are long, and appending to one end is cheap.
CREATE TABLE sync_event (
  branch_id TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  device TEXT NOT NULL,
  command TEXT NOT NULL,
  key TEXT,
  correlation_id TEXT,
  changes TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (branch_id, version)
) STRICT;

-- The answer under each key. There is no row for a key in progress or refused.
-- With a rowid: keys come in no order, so only a narrow index is written at random, and the rows at one end.
CREATE TABLE idempotency_request (
  branch_id TEXT NOT NULL,
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
  request_hash TEXT NOT NULL,
  version INTEGER NOT NULL,
  durability TEXT NOT NULL CHECK (durability IN ('full', 'normal')),
  result TEXT NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (branch_id, key)
) STRICT;

-- The newest commit of each branch; versions below `horizon` cannot be caught up from.
CREATE TABLE branch_head (
  branch_id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  horizon INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Salts of the hashes that stand for personal values in sync_event; erasing value and salt erases the person.
CREATE TABLE personal_salt (
  branch_id TEXT NOT NULL,
  table_name TEXT NOT NULL,
  id TEXT NOT NULL,
  salt TEXT NOT NULL,
  PRIMARY KEY (branch_id, table_name, id)
) STRICT, WITHOUT ROWID;

-- Hashes of PINs and passwords. This and the next three tables are written with commits and stand in no event.
CREATE TABLE credential (
  branch_id TEXT NOT NULL,
  staff_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pin', 'password')),
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (branch_id, staff_id, kind),
  FOREIGN KEY (branch_id, staff_id) REFERENCES staff (branch_id, id)
) STRICT, WITHOUT ROWID;

-- One login of a person (staff_id null: one pairing of a device): a family of refresh tokens, known by their hashes.
CREATE TABLE auth_session (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  staff_id TEXT,
  device_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  previous_hash TEXT,
  nonce TEXT,
  generation INTEGER NOT NULL CHECK (generation >= 0),
  began_at INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, staff_id) REFERENCES staff (branch_id, id)
) STRICT, WITHOUT ROWID;
-- Sessions that are over, to be forgotten.
CREATE INDEX auth_session_expires ON auth_session (expires_at);
-- At a start: sessions whose access tokens may still be about.
CREATE INDEX auth_session_ended ON auth_session (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE pairing_code (
  selector TEXT NOT NULL PRIMARY KEY,
  branch_id TEXT NOT NULL REFERENCES branch (id),
  hash TEXT NOT NULL,
  device_id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  tries_left INTEGER NOT NULL CHECK (tries_left >= 1)
) STRICT, WITHOUT ROWID;

-- Wrong logins at one device, of one person or (staff_id empty) of anybody.
CREATE TABLE login_failure (
  branch_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  staff_id TEXT NOT NULL,
  failures INTEGER NOT NULL CHECK (failures >= 1),
  last_at INTEGER NOT NULL,
  PRIMARY KEY (branch_id, device_id, staff_id)
) STRICT, WITHOUT ROWID;
-- Old ones, to be forgotten.
CREATE INDEX login_failure_last ON login_failure (last_at);

-- What a closed shift, a business date and a month came to, so that any range of dates is answered from few rows.
-- Written in the transaction that closes the shift, from what it says; they stand in no event and can be made again from the orders.
-- `figures` comes last: whoever reads the columns before it does not touch its pages.
CREATE TABLE shift_summary (
  branch_id TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  business_date TEXT NOT NULL,
  closed_version INTEGER NOT NULL,
  orders INTEGER NOT NULL,
  total INTEGER NOT NULL,
  figures TEXT NOT NULL CHECK (json_valid(figures)),
  PRIMARY KEY (branch_id, shift_id),
  FOREIGN KEY (branch_id, shift_id) REFERENCES pos_shift (branch_id, id)
) STRICT;

CREATE TABLE day_summary (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  business_date TEXT NOT NULL,
  shifts INTEGER NOT NULL,
  orders INTEGER NOT NULL,
  guests INTEGER NOT NULL,
  gross INTEGER NOT NULL,
  discount INTEGER NOT NULL,
  tax INTEGER NOT NULL,
  total INTEGER NOT NULL,
  figures TEXT NOT NULL CHECK (json_valid(figures)),
  PRIMARY KEY (branch_id, business_date)
) STRICT;

-- `month` as 2026-05, of business dates.
CREATE TABLE month_summary (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
  figures TEXT NOT NULL CHECK (json_valid(figures)),
  PRIMARY KEY (branch_id, month)
) STRICT;

-- The archive's files. `writing`: the marker, the file is not to be trusted yet; `moved`: reads go to the file, rows that are still
-- here are being taken away; `done`: they are gone. A start finishes or undoes what it finds.
-- `orders`: the orders of one shift; `events`: the versions from `first_version` to `last_version`, whose chain begins behind `hash_before`.
CREATE TABLE archive_segment (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('orders', 'events')),
  state TEXT NOT NULL CHECK (state IN ('writing', 'moved', 'done')),
  shift_id TEXT,
  first_version INTEGER,
  last_version INTEGER,
  hash_before BLOB CHECK (length(hash_before) = 32),
  hash_after BLOB CHECK (length(hash_after) = 32),
  records INTEGER,
  bytes INTEGER,
  raw_bytes INTEGER,
  sha256 TEXT CHECK (length(sha256) = 64),
  blocks TEXT CHECK (json_valid(blocks)),
  at INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id)
) STRICT;
-- The segment of an event; the last one.
CREATE INDEX archive_segment_version ON archive_segment (branch_id, last_version) WHERE kind = 'events';
CREATE INDEX archive_segment_shift ON archive_segment (branch_id, shift_id) WHERE kind = 'orders';

-- Where an archived order is: an order that stands here is read from its segment, whatever the tables above still hold of it.
CREATE TABLE archived_order (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  segment_id TEXT NOT NULL,
  block INTEGER NOT NULL,
  shift_id TEXT NOT NULL,
  business_date TEXT NOT NULL,
  number INTEGER NOT NULL,
  table_no TEXT,
  status TEXT NOT NULL CHECK (status IN ('closed', 'voided')),
  opened_at INTEGER NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, segment_id) REFERENCES archive_segment (branch_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX archived_order_segment ON archived_order (branch_id, segment_id);
-- order.list, as the indexes of order_header; the highest number of a business date.
CREATE UNIQUE INDEX archived_order_number ON archived_order (branch_id, business_date, number);
CREATE INDEX archived_order_opened ON archived_order (branch_id, opened_at, id);
CREATE INDEX archived_order_table ON archived_order (branch_id, table_no, opened_at, id) WHERE table_no IS NOT NULL;
CREATE INDEX archived_order_voided ON archived_order (branch_id, opened_at, id) WHERE status = 'voided';

-- The order of an archived payment: payments are refunded by their id.
CREATE TABLE archived_payment (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, order_id) REFERENCES archived_order (branch_id, id)
) STRICT, WITHOUT ROWID;

-- What was recorded is never altered. Archiving alone moves such rows out, whole shifts at a time: in the transactions that do,
-- and in no other that anybody sees, `meta` holds `moving`.
CREATE TRIGGER order_payment_no_update BEFORE UPDATE ON order_payment
  BEGIN SELECT RAISE(ABORT, 'order_payment is append-only'); END;
CREATE TRIGGER order_payment_no_delete BEFORE DELETE ON order_payment
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_payment is append-only'); END;
CREATE TRIGGER order_adjustment_no_update BEFORE UPDATE ON order_adjustment
  BEGIN SELECT RAISE(ABORT, 'order_adjustment is append-only'); END;
CREATE TRIGGER order_adjustment_no_delete BEFORE DELETE ON order_adjustment
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_adjustment is append-only'); END;
CREATE TRIGGER cash_movement_no_update BEFORE UPDATE ON cash_movement
  BEGIN SELECT RAISE(ABORT, 'cash_movement is append-only'); END;
CREATE TRIGGER cash_movement_no_delete BEFORE DELETE ON cash_movement
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'cash_movement is append-only'); END;
CREATE TRIGGER order_status_log_no_update BEFORE UPDATE ON order_status_log
  BEGIN SELECT RAISE(ABORT, 'order_status_log is append-only'); END;
CREATE TRIGGER order_status_log_no_delete BEFORE DELETE ON order_status_log
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_status_log is append-only'); END;
CREATE TRIGGER order_line_status_log_no_update BEFORE UPDATE ON order_line_status_log
  BEGIN SELECT RAISE(ABORT, 'order_line_status_log is append-only'); END;
CREATE TRIGGER order_line_status_log_no_delete BEFORE DELETE ON order_line_status_log
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_line_status_log is append-only'); END;
CREATE TRIGGER sync_event_no_update BEFORE UPDATE ON sync_event
  BEGIN SELECT RAISE(ABORT, 'sync_event is append-only'); END;
CREATE TRIGGER sync_event_no_delete BEFORE DELETE ON sync_event
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'sync_event is append-only'); END;
-- An archived order's id is taken for ever: a till that comes back after weeks does not open it twice.
CREATE TRIGGER order_header_archived BEFORE INSERT ON order_header
  WHEN EXISTS (SELECT 1 FROM archived_order WHERE branch_id = NEW.branch_id AND id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'order_header is archived'); END;
