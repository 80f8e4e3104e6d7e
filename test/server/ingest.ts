/** The ingest endpoint of an error tracker, on this machine: it keeps each envelope that it is sent. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Envelope {
  readonly url: string;
  /** As it came. */
  readonly body: string;
  /** The payload of its one item. */
  readonly event: Readonly<Record<string, unknown>>;
}

export class Ingest {
  readonly envelopes: Envelope[] = [];
  readonly #server: Server;
  /** Answers nothing while true. */
  isStuck = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Ingest> {
    const server = createServer();
    const ingest = new Ingest(server);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const [, , payload = '{}'] = body.split('\n');
        const event = JSON.parse(payload) as Envelope['event'];
        ingest.envelopes.push({ url: request.url ?? '', body, event });
        if (!ingest.isStuck) response.end('{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return ingest;
  }

  get dsn(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://publickey@127.0.0.1:${String(port)}/42`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
