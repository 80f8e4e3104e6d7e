/** The events of a branch that were rotated out, from their segments in order. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventChain, StoredEvent } from '../event-chain.js';
import type { Findings } from '../findings.js';
import { segmentsOf, type Segment, type SegmentFiles } from './segments.js';

type EventRecord = readonly [
  version: number,
  at: number,
  actor: string,
  device: string,
  command: string,
  key: string | null,
  correlationId: string | null,
  changes: string,
  hash: string,
];

export class ArchivedEvents {
  readonly #segments: readonly Segment[];
  readonly #files: SegmentFiles;
  readonly #findings: Findings;
  readonly #keep: Statement<[string, number, string | null, number, Buffer]>;
  readonly #left: Statement<[string, number, number]>;

  /** Makes `temp.archived_event`, which knows the version, key, time and hash of each. */
  constructor(database: Database, files: SegmentFiles, findings: Findings) {
    this.#segments = segmentsOf(database, 'events');
    this.#files = files;
    this.#findings = findings;
    database.exec(
      `CREATE TEMP TABLE archived_event (branch_id TEXT, version INTEGER, key TEXT, at INTEGER, hash BLOB,
         PRIMARY KEY (branch_id, version)) WITHOUT ROWID`,
    );
    this.#keep = database.prepare(
      'INSERT OR IGNORE INTO temp.archived_event VALUES (?, ?, ?, ?, ?)',
    );
    this.#left = database
      .prepare<[string, number, number]>(
        `SELECT count(*) FROM main.sync_event WHERE branch_id = ? AND version BETWEEN ? AND ?`,
      )
      .pluck();
  }

  get branches(): string[] {
    return [...new Set(this.#segments.map(({ branch_id }) => branch_id))];
  }

  get total(): number {
    return this.#segments.reduce((sum, { records }) => sum + records, 0);
  }

  /** Gives the branch's events, oldest first, as far as they can be read. `chain` follows them. */
  each(branchId: string, chain: EventChain, onEvent: (event: StoredEvent) => void): void {
    for (const segment of this.#segments) {
      if (segment.branch_id !== branchId) continue;
      this.#check(segment, 'begins', [segment.hash_before, chain.hash]);
      this.#files.read(segment, (record) => {
        const event = storedEvent(branchId, record as EventRecord);
        this.#keep.run(branchId, event.version, event.key, event.at, event.hash);
        onEvent(event);
      });
      this.#check(segment, 'ends', [segment.hash_after, chain.hash]);
      this.#checkGone(segment);
    }
  }

  #check(
    { branch_id, id }: Segment,
    what: string,
    [catalogued, reached]: readonly [Buffer | null, string],
  ): void {
    if (catalogued?.toString('hex') === reached) return;
    const claim = `segment ${branch_id} ${id} ${what} at another hash of the chain`;
    this.#findings.add('segment', `${claim} than the catalogue says`);
  }

  #checkGone({ branch_id, id, state, first_version, last_version }: Segment): void {
    if (state !== 'done') return;
    const left = this.#left.get(branch_id, first_version ?? 0, last_version ?? 0) as number;
    if (left === 0) return;
    const claim = `segment ${branch_id} ${id} is done, but ${String(left)} of its events`;
    this.#findings.add('archive', `${claim} are in the database too`, left);
  }
}

function storedEvent(branchId: string, record: EventRecord): StoredEvent {
  const [version, at, actor, device, command, key, correlation_id, changes, hash] = record;
  return {
    ...{ branch_id: branchId, version, at, actor, device, command, key, correlation_id, changes },
    hash: Buffer.from(hash, 'hex'),
  };
}
