/** A disk whose every fsync takes five milliseconds longer: a cheap till computer's, by strace's fault injection. */
import { spawnSync } from 'node:child_process';

export const SLOW_FSYNC_MS = 5;

/** null: strace is not here, or may not trace. */
export function slowDiskCommand(): readonly string[] | null {
  const tried = spawnSync('strace', [...FLAGS, 'true'], { stdio: 'ignore' });
  return tried.status === 0 ? ['strace', '-D', ...FLAGS] : null;
}

const FLAGS = [
  '--seccomp-bpf',
  '--follow-forks',
  '--quiet=all',
  '--output=/dev/null',
  '--trace=fsync,fdatasync',
  `--inject=fsync,fdatasync:delay_exit=${String(SLOW_FSYNC_MS * 1_000)}`,
];
