/** A disk of a few megabytes, and a ballast file that fills it. */
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** null: this user may not mount. */
  static mount(path: string, megabytes: number): SmallDisk | null {
    mkdirSync(path, { recursive: true });
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path];
    try {
      execFileSync('mount', options, { stdio: 'ignore' });
      return new SmallDisk(path);
    } catch {
      return null;
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

  unmount(): void {
    execFileSync('umount', ['-l', this.path]);
  }

  get #ballast(): string {
    return join(this.path, 'ballast');
  }
}
