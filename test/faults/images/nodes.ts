/** Files and directories as the kernel has them in memory, beside what is certain to be on the disk. */

/** A change of a file that no fsync covers yet. */
export type FileChange =
  | { readonly at: number; readonly kind: 'write'; readonly offset: number; readonly data: Buffer }
  | { readonly at: number; readonly kind: 'truncate'; readonly length: number };

/** Bytes that grow without being copied at each write. */
export class Bytes {
  #buffer: Buffer;
  #length: number;

  constructor(initial: Buffer) {
    this.#buffer = Buffer.from(initial);
    this.#length = initial.length;
  }

  get length(): number {
    return this.#length;
  }

  /** A view: not to be kept over the next change. */
  get view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  write(offset: number, data: Buffer): void {
    this.setLength(Math.max(this.#length, offset + data.length));
    data.copy(this.#buffer, offset);
  }

  /** What is new is zero. */
  setLength(length: number): void {
    if (length > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(length, this.#buffer.length * 2));
      this.view.copy(larger);
      this.#buffer = larger;
    }
    if (length < this.#length) this.#buffer.fill(0, length, this.#length);
    this.#length = length;
  }

  apply(change: FileChange): void {
    if (change.kind === 'write') this.write(change.offset, change.data);
    else this.setLength(change.length);
  }
}

export class FileNode {
  readonly kind = 'file';
  /** What every reader sees now. */
  readonly present: Bytes;
  /** What the last fsync that returned covers. */
  readonly certain: Bytes;
  /** In the order in which they were made. */
  uncertain: FileChange[] = [];

  constructor(initial: Buffer) {
    this.present = new Bytes(initial);
    this.certain = new Bytes(initial);
  }

  change(change: FileChange): void {
    this.present.apply(change);
    this.uncertain.push(change);
  }

  /** An fsync that began at this step has returned. */
  synced(began: number): void {
    for (const change of this.uncertain) if (change.at < began) this.certain.apply(change);
    this.uncertain = this.uncertain.filter(({ at }) => at >= began);
  }
}

export class DirectoryNode {
  readonly kind = 'directory';
  readonly present = new Map<string, Node>();
  readonly certain = new Map<string, Node>();
}

export type Node = FileNode | DirectoryNode;

export interface Place {
  readonly directory: DirectoryNode;
  readonly name: string;
}

/** A change of names; one step may take a name away and give another, which no disk does by halves. */
export interface NameChange {
  readonly at: number;
  readonly removes: Place | null;
  readonly adds: (Place & { readonly node: Node }) | null;
  /** Directories whose fsync it still lacks. */
  readonly lacks: ReadonlySet<DirectoryNode>;
}

type Names = (directory: DirectoryNode) => Map<string, Node>;

export function applyNames(change: NameChange, names: Names): void {
  const { removes, adds } = change;
  if (removes !== null) names(removes.directory).delete(removes.name);
  if (adds !== null) names(adds.directory).set(adds.name, adds.node);
}
