/** What an engine that keeps its data on a disk does with what is old. */

export interface ArchiveRequest {
  /** Only shifts that were closed before this moment, in epoch milliseconds. */
  readonly closedBefore: number;
  /** Only of this branch; default: of all. */
  readonly branchId?: string;
  /** No commit waits: without rests, several times as fast. Default: false. */
  readonly alone?: boolean;
  readonly onProgress?: (progress: UpkeepProgress) => void;
}

/** In shifts. */
export interface UpkeepProgress {
  readonly done: number;
  readonly total: number;
}

export interface ArchiveReport {
  readonly segments: number;
  readonly orders: number;
  readonly events: number;
  readonly bytes: number;
  /** Before they were compressed. */
  readonly rawBytes: number;
}

/** A segment file, as the catalogue has it. */
export interface SegmentEntry {
  readonly branchId: string;
  readonly segmentId: string;
  readonly kind: 'orders' | 'events';
  readonly state: 'writing' | 'moved' | 'done';
  readonly shiftId: string | null;
  /** The shift's; null: it is not of one shift. */
  readonly businessDate: string | null;
  /** In the file. */
  readonly records: number;
  /** Orders that are read from it; fewer than `records` where some came back. */
  readonly archived: number;
  readonly bytes: number;
  readonly rawBytes: number;
}

/** Orders are being brought back, or too many runs wait already: the same call may be made again later. */
export class ArchiveBusy extends Error {
  override readonly name = 'ArchiveBusy';
}

/** Which orders are looked for. */
export interface PersonalWanted {
  readonly branchId: string;
  /** Those of this name, finished or not; absent: whatever finished order still has a value of `kinds`. */
  readonly customerName?: string | undefined;
  readonly kinds: readonly string[];
  /** Finished at this moment or later, in epoch milliseconds; default: from the beginning. */
  readonly endedFrom?: number;
  /** And before this one; default: until now. */
  readonly endedBefore?: number;
  readonly limit: number;
}

/** An order that says something of a person. */
export interface FoundPerson {
  readonly orderId: string;
  readonly number: number;
  readonly businessDate: string;
  /** False: it is still worked on, and nothing of it is erased. */
  readonly isFinished: boolean;
}

export interface Upkeep {
  /** Reads all of the branch's orders, archived ones too: seconds in a large archive, away from everybody else. */
  searchPersonal(wanted: PersonalWanted): Promise<readonly FoundPerson[]>;
  /** Names and notes that events of an order tell in clear text, because they are older than their hashing: those stay. */
  clearTexts(branchId: string, orderId: string): Promise<number>;
  /** Writes segments anew that hold orders which are read from elsewhere by now, without those. */
  dropCopies(): Promise<void>;
  /**
   * Moves what may go into segment files, after the run that is under way. Rejects with ArchiveBusy, where the disk refuses,
   * and where the store is closed meanwhile; what was moved by then stays moved.
   */
  archive(request: ArchiveRequest): Promise<ArchiveReport>;
  /** Brings the archived orders of a shift back, or of all (null); gives how many. Rejects while something is being archived. */
  restore(shiftId: string | null, onProgress?: (progress: UpkeepProgress) => void): Promise<number>;
  /** By branch and time. */
  segments(): Promise<readonly SegmentEntry[]>;
}
