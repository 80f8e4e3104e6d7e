/** Version 2: who may do what. PINs and passwords, login sessions, pairing of devices. */

export const TO_VERSION_2 = `
ALTER TABLE staff ADD COLUMN tokens_from INTEGER;
ALTER TABLE staff ADD COLUMN pin_set_at INTEGER;
ALTER TABLE staff ADD COLUMN password_set_at INTEGER;
ALTER TABLE device ADD COLUMN tokens_from INTEGER;
ALTER TABLE device ADD COLUMN paired_at INTEGER;
CREATE TABLE credential (
  branch_id TEXT NOT NULL,
  staff_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pin', 'password')),
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (branch_id, staff_id, kind),
  FOREIGN KEY (branch_id, staff_id) REFERENCES staff (branch_id, id)
) STRICT, WITHOUT ROWID;

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
CREATE INDEX auth_session_expires ON auth_session (expires_at);
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

CREATE TABLE login_failure (
  branch_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  staff_id TEXT NOT NULL,
  failures INTEGER NOT NULL CHECK (failures >= 1),
  last_at INTEGER NOT NULL,
  PRIMARY KEY (branch_id, device_id, staff_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_failure_last ON login_failure (last_at);
`;
