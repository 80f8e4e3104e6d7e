/** Bodies: JSON alone, guarded like messages on the wire (depth, prototype keys, half surrogates). */
import type { FastifyInstance } from 'fastify';
import { refuse } from '../base/refusal.js';
import { jsonFault } from '../protocol/guard-json.js';
import { RequestRefused } from './problem.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Any other type of body is answered with 415. An empty one is none. */
export function takeJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (_request, bytes: Buffer, done) => {
      if (bytes.length === 0) {
        done(null, undefined);
        return;
      }
      try {
        done(null, parsed(bytes));
      } catch (error) {
        done(error instanceof RequestRefused ? error : malformed('not_decodable'));
      }
    },
  );
}

function parsed(bytes: Buffer): unknown {
  const fault = jsonFault(bytes);
  if (fault !== null) throw malformed(fault);
  return JSON.parse(utf8.decode(bytes));
}

function malformed(reason: string): RequestRefused {
  return new RequestRefused(
    refuse('bad_message', `the body is not JSON that the hub takes: ${reason}`),
  );
}
