/** Card data is refused at the door of HTTP: in a path, a query and the headers that are kept, logged or repeated. */
import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { FaultDetail } from '../base/refusal.js';
import { cardFaults, refuseCardData } from '../protocol/card-faults.js';
import { sendProblem } from './problem.js';

const HEADERS = [
  ...['idempotency-key', 'if-match', 'if-none-match', 'x-correlation-id', 'x-request-id'],
  ...['content-type', 'host', 'origin', 'sec-websocket-protocol'],
];

/** Before anything else is looked at. Bodies are looked at where they are read. */
export function refuseCardRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const faults = requestCardFaults(request.url, request.headers);
    if (faults.length === 0) done();
    else void sendProblem(reply, refuseCardData(faults));
  });
}

/** The card data in a request's head; its places are `/path`, `/query/...` and `/headers/...`. */
export function requestCardFaults(
  url: string,
  headers: IncomingHttpHeaders,
): readonly FaultDetail[] {
  const [path = '', query] = url.split('?', 2);
  const fields = query === undefined ? [] : [...new URLSearchParams(query)];
  const kept = HEADERS.filter((name) => headers[name] !== undefined);
  return [
    ...cardFaults({ path: decoded(path) }),
    ...fields.flatMap(([name, value]) => cardFaults({ query: { [name]: value } })),
    ...kept.flatMap((name) => cardFaults({ headers: { [name]: headers[name] } })),
  ];
}

/** As it stands where it cannot be decoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
