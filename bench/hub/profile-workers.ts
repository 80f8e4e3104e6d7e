/**
 * Preloaded into a hub that is profiled: its workers write CPU profiles too. They start without the flags of the process, and
 * Node takes these from no environment variable.
 */
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { Worker, isMainThread, type WorkerOptions } from 'node:worker_threads';

class ProfiledWorker extends Worker {
  constructor(script: string | URL, options: WorkerOptions = {}) {
    const directory = process.execArgv[process.execArgv.indexOf('--cpu-prof-dir') + 1] ?? '.';
    const flags = ['--cpu-prof', '--cpu-prof-dir', directory];
    super(script, { ...options, execArgv: [...(options.execArgv ?? []), ...flags] });
  }
}

if (isMainThread) {
  workerThreads.Worker = ProfiledWorker;
  syncBuiltinESMExports();
}
