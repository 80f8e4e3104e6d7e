/** One tar file, written and read front to back in pieces: its size costs no memory. Runs on a thread that may block. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { Header, Parser, type ReadEntry } from 'tar';

const BLOCK_BYTES = 512;
const PIECE_BYTES = 256 * 1024;

/** Pieces of a file of which each is a buffer of its own. */
export function* piecesOf(file: number): Generator<Buffer> {
  for (let position = 0; ;) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const length = readSync(file, piece, 0, PIECE_BYTES, position);
    if (length === 0) return;
    position += length;
    yield piece.subarray(0, length);
  }
}

export class TarWriter {
  readonly #file: number;
  readonly #madeAt: Date;

  /** Makes the file (0600); throws where there is one. `madeAt` is the time of all members. */
  constructor(path: string, madeAt: number) {
    this.#file = openSync(path, 'wx', 0o600);
    this.#madeAt = new Date(madeAt);
  }

  /** Gives the SHA-256 of what was written; throws where the pieces are more or fewer than `size` bytes. */
  add(name: string, size: number, pieces: Iterable<Buffer>): string {
    const header = Buffer.alloc(BLOCK_BYTES);
    new Header({ path: name, mode: 0o600, size, mtime: this.#madeAt, type: 'File' }).encode(
      header,
      0,
    );
    this.#write(header);
    const hash = createHash('sha256');
    let written = 0;
    for (const piece of pieces) {
      written += piece.length;
      if (written > size) break;
      hash.update(piece);
      this.#write(piece);
    }
    if (written !== size) throw new Error(`${name} changed its size while it was read`);
    this.#write(Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES));
    return hash.digest('hex');
  }

  /** On the disk when it returns. */
  finish(): void {
    this.#write(Buffer.alloc(2 * BLOCK_BYTES));
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
  }
}

/** Takes one member: its pieces in order, then its end. */
export interface MemberSink {
  piece(bytes: Buffer): void;
  end(): void;
}

export interface ReadTarOptions {
  readonly path: string;
  /** Asked for each member before its first piece; throws where it must not be there. */
  readonly onMember: (name: string, size: number) => MemberSink;
  /** Bytes of the file read so far. */
  readonly onRead: (bytes: number) => void;
}

/** Throws what `onMember` and its sinks throw, and an Error where the file is no whole tar file. */
export function readTar({ path, onMember, onRead }: ReadTarOptions): void {
  const faults: unknown[] = [];
  const noting = (run: () => void): void => {
    if (faults.length > 0) return;
    try {
      run();
    } catch (error) {
      faults.push(error);
    }
  };
  const parser = new Parser({
    strict: true,
    onReadEntry(entry: ReadEntry) {
      noting(() => {
        if (entry.type !== 'File') throw new Error(`${entry.path} is no plain file`);
        const sink = onMember(entry.path, entry.size);
        entry.on('data', (piece) => {
          noting(() => {
            sink.piece(piece);
          });
        });
        entry.on('end', () => {
          noting(() => {
            sink.end();
          });
        });
      });
      if (faults.length > 0) entry.resume();
    },
  });
  parser.on('error', (error: unknown) => faults.push(error));
  const file = openSync(path, 'r');
  try {
    let read = 0;
    for (const piece of piecesOf(file)) {
      parser.write(piece);
      if (faults.length > 0) break;
      read += piece.length;
      onRead(read);
    }
    if (faults.length === 0) parser.end();
  } finally {
    closeSync(file);
  }
  if (faults.length > 0) throw faults[0];
}
