/** Preloaded into a hub whose start is timed: says when Node was up, and when the hub began to listen. */
import { Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/** What it prints, a line of JSON each; `time` in ISO 8601, as in the log. */
export interface StartMark {
  readonly msg: 'mark: Node is up' | 'mark: the hub is made';
  readonly time: string;
}

function print(msg: StartMark['msg']): void {
  process.stdout.write(`${JSON.stringify({ msg, time: new Date().toISOString() })}\n`);
}

if (isMainThread) {
  print('mark: Node is up');
  const listen: unknown = Reflect.get(Server.prototype, 'listen');
  Reflect.set(Server.prototype, 'listen', function listenMarked(this: Server, ...given: unknown[]) {
    print('mark: the hub is made');
    return Reflect.apply(listen as (...given: unknown[]) => Server, this, given);
  });
}
