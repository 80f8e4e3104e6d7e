/** Version 3: summaries of shifts, the archive, and rows that archiving may move out. */

export const TO_VERSION_3 = `
ALTER TABLE order_line ADD COLUMN recalls INTEGER CHECK (recalls >= 1);
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
CREATE INDEX pos_shift_date ON pos_shift (branch_id, business_date, register_id, status, opened_by, opened_at, opening_float,
  closed_by, closed_at, counted_cash, expected_cash, over_short, z_number, version);

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

CREATE TABLE month_summary (
  branch_id TEXT NOT NULL REFERENCES branch (id),
  month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
  figures TEXT NOT NULL CHECK (json_valid(figures)),
  PRIMARY KEY (branch_id, month)
) STRICT;

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
CREATE INDEX archive_segment_version ON archive_segment (branch_id, last_version) WHERE kind = 'events';
CREATE INDEX archive_segment_shift ON archive_segment (branch_id, shift_id) WHERE kind = 'orders';

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
CREATE UNIQUE INDEX archived_order_number ON archived_order (branch_id, business_date, number);
CREATE INDEX archived_order_opened ON archived_order (branch_id, opened_at, id);
CREATE INDEX archived_order_table ON archived_order (branch_id, table_no, opened_at, id) WHERE table_no IS NOT NULL;
CREATE INDEX archived_order_voided ON archived_order (branch_id, opened_at, id) WHERE status = 'voided';

CREATE TABLE archived_payment (
  branch_id TEXT NOT NULL,
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  PRIMARY KEY (branch_id, id),
  FOREIGN KEY (branch_id, order_id) REFERENCES archived_order (branch_id, id)
) STRICT, WITHOUT ROWID;

DROP TRIGGER order_payment_no_delete;
DROP TRIGGER order_adjustment_no_delete;
DROP TRIGGER cash_movement_no_delete;
DROP TRIGGER order_status_log_no_delete;
DROP TRIGGER order_line_status_log_no_delete;
DROP TRIGGER sync_event_no_delete;
CREATE TRIGGER order_payment_no_delete BEFORE DELETE ON order_payment
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_payment is append-only'); END;
CREATE TRIGGER order_adjustment_no_delete BEFORE DELETE ON order_adjustment
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_adjustment is append-only'); END;
CREATE TRIGGER cash_movement_no_delete BEFORE DELETE ON cash_movement
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'cash_movement is append-only'); END;
CREATE TRIGGER order_status_log_no_delete BEFORE DELETE ON order_status_log
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_status_log is append-only'); END;
CREATE TRIGGER order_line_status_log_no_delete BEFORE DELETE ON order_line_status_log
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'order_line_status_log is append-only'); END;
CREATE TRIGGER sync_event_no_delete BEFORE DELETE ON sync_event
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moving')
  BEGIN SELECT RAISE(ABORT, 'sync_event is append-only'); END;
CREATE TRIGGER order_header_archived BEFORE INSERT ON order_header
  WHEN EXISTS (SELECT 1 FROM archived_order WHERE branch_id = NEW.branch_id AND id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'order_header is archived'); END;
`;
