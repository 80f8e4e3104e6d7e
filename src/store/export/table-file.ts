/** One file of an export: rows are gathered, and written a few hundred at a time, whatever the table holds. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Cells, RowText } from './row-text.js';

const ROWS_MAX = 256;
/** Characters of text: a commit's changes may be long. */
const TEXT_MAX = 256 * 1024;

export interface FileEntry {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export class TableFile {
  readonly #name: string;
  readonly #text: RowText;
  readonly #file: number;
  readonly #hash = createHash('sha256');
  #waiting: Cells[] = [];
  #waitingText = 0;
  #rows = 0;
  #bytes = 0;

  /** Readable by its owner alone. */
  constructor(directory: string, name: string, text: RowText) {
    this.#name = name;
    this.#text = text;
    this.#file = openSync(join(directory, name), 'wx', 0o600);
    this.#write(text.head);
  }

  add(row: Cells): void {
    this.#waiting.push(row);
    for (const cell of row) if (typeof cell === 'string') this.#waitingText += cell.length;
    if (this.#waiting.length >= ROWS_MAX || this.#waitingText >= TEXT_MAX) this.#flush();
  }

  /** All of it is on the disk. */
  finish(): FileEntry {
    this.#flush();
    fsyncSync(this.#file);
    const sha256 = this.#hash.digest('hex');
    return { name: this.#name, rows: this.#rows, bytes: this.#bytes, sha256 };
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    this.#write(this.#text.lines(this.#waiting));
    this.#rows += this.#waiting.length;
    this.#waiting = [];
    this.#waitingText = 0;
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#file, bytes, done);
    }
    this.#bytes += bytes.length;
  }
}
