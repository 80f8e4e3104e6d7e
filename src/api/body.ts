/** Bodies: JSON alone, guarded like messages on the wire (depth, prototype keys, half surrogates, card data). */
import type { FastifyInstance } from 'fastify';
import { refuse } from '../base/refusal.js';
import { cardFaults, refuseCardData } from '../protocol/card-faults.js';
import { guardVerdict } from '../protocol/guard.js';
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
  const verdict = guardVerdict(bytes, 'json');
  if (verdict !== null && verdict !== 'card_suspected') throw malformed(verdict);
  const body: unknown = JSON.parse(utf8.decode(bytes));
  const faults = verdict === null ? [] : cardFaults(body);
  if (faults.length > 0) throw new RequestRefused(refuseCardData(faults));
  return body;
}

function malformed(reason: string): RequestRefused {
  return new RequestRefused(
    refuse('bad_message', `the body is not JSON that the hub takes: ${reason}`),
  );
}
