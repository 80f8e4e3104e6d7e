/** A disk of a few megabytes, and a ballast file that fills it. */
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Mounting takes root, or a namespace where the user is root: a test that could not be run must not pass. */
  static mount(path: string, megabytes: number): SmallDisk {
    mkdirSync(path, { recursive: true });
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path];
    try {
      execFileSync('mount', options, { stdio: 'ignore' });
      return new SmallDisk(path);
    } catch (cause) {
      const hint = 'run the tests as root, or as `unshare --map-root-user --mount npm test`';
      throw new Error(`a small disk cannot be mounted here; ${hint}`, { cause });
    }
  }

  /** To the last byte. */
  fill(): void {
    const ballast = openSync(this.#ballast, 'a');
    let block = Buffer.alloc(1_048_576);
    try {
      while (block.length > 0) {
        try {
          writeSync(ballast, block);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          block = block.subarray(0, Math.floor(block.length / 2));
        }
      }
      fsyncSync(ballast);
    } finally {
      closeSync(ballast);
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast);
  }

  setReadOnly(readOnly: boolean): void {
    execFileSync('mount', ['-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.path]);
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.path]);
  }

  get #ballast(): string {
    return join(this.path, 'ballast');
  }
}
