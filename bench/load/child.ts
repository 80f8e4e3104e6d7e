/** A load generator's process: does what the bench asks over the channel, one method at a time. */
import { METHODS, type MethodName } from './methods.js';

export interface Call {
  readonly id: number;
  readonly method: MethodName;
  readonly params: unknown;
}

export type Return =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

async function answer({ id, method, params }: Call): Promise<Return> {
  try {
    return { id, value: await METHODS[method](params as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on('message', (call: Call) => {
  void answer(call).then((returned) => process.send?.(returned));
});
process.on('disconnect', () => process.exit(0));
