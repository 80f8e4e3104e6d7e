/** A disk that fails under a hub: every fsync of its threads ends in an I/O error, until the disk is healed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';

/**
 * What the hub runs under. Each thread's first `spared` fsync calls succeed; strace counts by thread, so that a writer which
 * is started anew fails anew. With -D the hub is the direct child, and strace its detached grandchild.
 */
export function failingDisk(spared: number, directory: string): readonly string[] {
  const fault = `inject=fsync,fdatasync:error=EIO:when=${spared + 1}+`;
  const traced = ['-e', 'trace=fsync,fdatasync', '-e', fault];
  return ['strace', '-D', '-f', '-qq', '-o', join(directory, 'trace'), ...traced];
}

/** Ends the tracer: the kernel lets go of the hub, which runs on with a disk that is well. */
export function healDisk(hubPid: number): void {
  const status = readFileSync(`/proc/${hubPid}/status`, 'utf8');
  const tracer = Number(/^TracerPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  if (tracer === 0) throw new Error('nobody traces the hub');
  kill(tracer, 'SIGKILL');
}
