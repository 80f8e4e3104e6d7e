/**
 * What Litestream does, in small: holds a read transaction, so that nobody else starts the write-ahead log over, copies its
 * frames as they come, and now and then, when all of them are copied, does the checkpoint itself.
 */
import Database from 'better-sqlite3';
import { closeSync, copyFileSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Two words of salt that a log which starts over draws anew, in its header. */
const SALT = [16, 24] as const;

export class WalFollower {
  readonly #path: string;
  readonly #replica: string;
  readonly #database: Database.Database;
  #copied = 0;
  #salt: string | null = null;

  /** Makes Litestream's own tables in the database; `replica` is made. The log has not been started over yet. */
  constructor(path: string, replica: string) {
    this.#path = path;
    this.#replica = replica;
    this.#database = new Database(path, { fileMustExist: true });
    this.#database.pragma('wal_autocheckpoint = 0');
    this.#database.exec(`CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER);
      CREATE TABLE _litestream_lock (id INTEGER)`);
    this.#hold();
    copyFileSync(path, replica);
  }

  /** Copies what is new. Throws where the log was started over or cut. */
  follow(): void {
    const log = openSync(`${this.#path}-wal`, 'r');
    const copy = openSync(`${this.#replica}-wal`, 'a');
    try {
      const bytes = fstatSync(log).size;
      if (bytes < this.#copied) throw new Error('the log was cut');
      const salt = read(log, SALT[0], SALT[1] - SALT[0]).toString('hex');
      this.#salt ??= salt;
      if (salt !== this.#salt) throw new Error('the log was started over');
      writeSync(copy, read(log, this.#copied, bytes - this.#copied));
      this.#copied = bytes;
    } finally {
      closeSync(log);
      closeSync(copy);
    }
  }

  /** Nobody writes meanwhile. */
  checkpoint(): void {
    this.follow();
    this.#database.exec('COMMIT');
    const [done] = this.#database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (done?.busy !== 0) throw new Error('somebody holds the log');
    this.#apply();
    this.#copied = 0;
    this.#salt = null;
    this.#hold();
  }

  /** The replica holds all that was followed. */
  end(): void {
    this.follow();
    this.#database.exec('COMMIT');
    this.#database.close();
    this.#apply();
  }

  #hold(): void {
    // Its own commit, so that there is a log to hold.
    this.#database.exec(
      `INSERT INTO _litestream_seq VALUES (1, 1) ON CONFLICT DO UPDATE SET seq = seq + 1;
       BEGIN; SELECT count(*) FROM _litestream_seq`,
    );
  }

  #apply(): void {
    const replica = new Database(this.#replica);
    replica.pragma('wal_checkpoint(TRUNCATE)');
    replica.close();
  }
}

function read(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, from) !== length) throw new Error('the log was cut');
  return bytes;
}
