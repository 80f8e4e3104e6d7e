/** Reads a backup from its first byte to its last and checks every sum, with or without writing out what is in it. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  MANIFEST_BYTES_MAX,
  MANIFEST_NAME,
  SUMS_NAME,
  parseManifest,
  sumsText,
  type Manifest,
  type Member,
} from './manifest.js';
import { readTar, type MemberSink } from './tar-file.js';

export interface ReadBackupOptions {
  readonly path: string;
  /** Where the members go, under their names; the directory is there and empty. null: they are only checked. */
  readonly into: string | null;
  /** Bytes of the backup read so far. */
  readonly onRead: (bytes: number) => void;
}

/** Throws an Error that says what is wrong with it. Members that were written are on the disk when it returns. */
export function readBackup({ path, into, onRead }: ReadBackupOptions): Manifest {
  const expected = new ExpectedMembers(into);
  readTar({ path, onRead, onMember: (name, size) => expected.next(name, size) });
  return expected.end();
}

/** The manifest first, then its members in its order, then the sums, and nothing else. */
class ExpectedMembers {
  readonly #into: string | null;
  #text = '';
  #manifest: Manifest | null = null;
  #taken = 0;
  #sums: string | null = null;

  constructor(into: string | null) {
    this.#into = into;
  }

  next(name: string, size: number): MemberSink {
    if (this.#manifest === null) return this.#takeManifest(name, size);
    const member = this.#manifest.members[this.#taken];
    if (member === undefined) return this.#takeSums(name, size);
    if (name !== member.name || size !== member.size) {
      throw new Error(`${name} with ${String(size)} bytes stands in the place of ${member.name}`);
    }
    this.#taken += 1;
    return checkedMember(member, this.#into);
  }

  end(): Manifest {
    if (this.#manifest === null) throw new Error(`it has no ${MANIFEST_NAME}: it is no backup`);
    if (this.#sums === null) throw new Error('it is cut: its end is missing');
    if (this.#sums !== sumsText(this.#text, this.#manifest.members)) {
      throw new Error(`${MANIFEST_NAME} or ${SUMS_NAME} was altered`);
    }
    return this.#manifest;
  }

  #takeManifest(name: string, size: number): MemberSink {
    if (name !== MANIFEST_NAME) throw new Error(`it begins with ${name}: it is no backup`);
    return wholeText(size, (text) => {
      this.#text = text;
      this.#manifest = parseManifest(text);
    });
  }

  #takeSums(name: string, size: number): MemberSink {
    if (name !== SUMS_NAME || this.#sums !== null) throw new Error(`${name} does not belong in it`);
    return wholeText(size, (text) => {
      this.#sums = text;
    });
  }
}

function wholeText(size: number, take: (text: string) => void): MemberSink {
  if (size > MANIFEST_BYTES_MAX) throw new Error(`${String(size)} bytes are too many for a list`);
  const pieces: Buffer[] = [];
  return {
    piece: (bytes) => void pieces.push(bytes),
    end: () => {
      take(Buffer.concat(pieces).toString('utf8'));
    },
  };
}

function checkedMember({ name, sha256 }: Member, into: string | null): MemberSink {
  const hash = createHash('sha256');
  const file = into === null ? null : newFile(join(into, name));
  return {
    piece(bytes) {
      hash.update(bytes);
      for (let done = 0; file !== null && done < bytes.length;) {
        done += writeSync(file, bytes, done);
      }
    },
    end() {
      if (file !== null) {
        fsyncSync(file);
        closeSync(file);
      }
      if (hash.digest('hex') !== sha256) throw new Error(`${name} has another checksum`);
    },
  };
}

function newFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return openSync(path, 'wx', 0o600);
}
