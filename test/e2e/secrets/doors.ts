/** Every door of a hub, knocked at with raw bytes; whatever comes back is kept. */
import { request, type OutgoingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import { encode } from '../../../src/protocol/codec.js';
import { SUBPROTOCOLS, type Encoding } from '../../../src/protocol/messages.js';
import type { Place } from './scanner.js';

const ANSWER_WAIT_MS = 10_000;
/** For commands that are answered after a later ping. */
const COMMAND_WAIT_MS = 150;
const LAST = { type: 'ping', id: 'the-last-one' };

export interface Knock {
  readonly method?: string;
  /** As it goes over the wire, under /api/v1 unless it is whole. */
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: OutgoingHttpHeaders;
  /** An object goes as JSON, a text as it is. */
  readonly body?: object | string;
  /** The answer hands out what is being looked for, to whom it is for: it is not kept. */
  readonly handsOut?: true;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Upgrade {
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly headers?: OutgoingHttpHeaders;
}

export class Doors {
  port: number;
  readonly #answers: Place[] = [];

  constructor(port: number) {
    this.port = port;
  }

  get answers(): readonly Place[] {
    return this.#answers;
  }

  async ask(knock: Knock): Promise<Answered> {
    const { method = 'GET', path, token, headers = {}, body, handsOut } = knock;
    const payload = typeof body === 'object' ? JSON.stringify(body) : body;
    const whole = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    };
    const answer = await this.#send(
      { method, path: path.startsWith('//') ? path.slice(1) : `/api/v1${path}`, headers: whole },
      payload,
    );
    const text = `${JSON.stringify(answer.headers)}\n${answer.text}`;
    if (handsOut === undefined || answer.status >= 300) this.#keep(`${method} answer`, text);
    return { status: answer.status, headers: answer.headers, body: parsed(answer.text) };
  }

  #send(
    { method, path, headers }: { method: string; path: string; headers: OutgoingHttpHeaders },
    payload: string | undefined,
  ): Promise<{ status: number; headers: Answered['headers']; text: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port: this.port, method, path, headers });
      outgoing.setTimeout(ANSWER_WAIT_MS, () => outgoing.destroy(new Error('no answer')));
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      outgoing.end(payload);
    });
  }

  /** Opens a socket, sends each message and waits for an answer to the last, or for the end. */
  async talk(encoding: Encoding, messages: readonly (object | string)[]): Promise<void> {
    await this.#socket({ protocols: [SUBPROTOCOLS[encoding]] }, encoding, messages);
  }

  /** An upgrade that is refused, or not. */
  async upgrade(options: Upgrade): Promise<void> {
    await this.#socket(options, 'json', []);
  }

  #socket(
    { path = '/ws', protocols = [SUBPROTOCOLS.json], headers = {} }: Upgrade,
    encoding: Encoding,
    messages: readonly (object | string)[],
  ): Promise<void> {
    const url = `ws://127.0.0.1:${String(this.port)}${path}`;
    const options = { headers, perMessageDeflate: false, handshakeTimeout: ANSWER_WAIT_MS };
    const socket = new WebSocket(url, [...protocols], options);
    const send = (message: object | string): void => {
      const bytes = typeof message === 'string' ? message : encode(message, encoding);
      socket.send(bytes, { binary: encoding === 'msgpack' });
    };
    return new Promise((resolve) => {
      const wait = setTimeout(() => {
        socket.terminate();
      }, ANSWER_WAIT_MS);
      socket.on('open', () => {
        for (const message of messages) send(message);
        if (messages.length > 0) send(LAST);
        else socket.close();
      });
      socket.on('message', (data) => {
        const bytes = data as Buffer;
        this.#keep('message of the hub', bytes);
        // Answers to commands may come after it.
        if (bytes.includes(LAST.id)) {
          setTimeout(() => {
            socket.close();
          }, COMMAND_WAIT_MS);
        }
      });
      socket.on('unexpected-response', (_request, response) => {
        this.#keep('refused upgrade', JSON.stringify(response.headers));
        response.on('data', (chunk: Buffer) => {
          this.#keep('refused upgrade', chunk);
        });
        response.once('end', () => socket.terminate());
      });
      socket.on('error', (error) => {
        this.#keep('failed socket', error.message);
      });
      socket.on('close', (code, reason) => {
        clearTimeout(wait);
        this.#keep('end of a connection', `${String(code)} ${reason.toString()}`);
        resolve();
      });
    });
  }

  #keep(name: string, text: string | Buffer): void {
    this.#answers.push({ name, bytes: Buffer.from(text) });
  }
}

function parsed(text: string): Answered['body'] {
  try {
    return JSON.parse(text) as Answered['body'];
  } catch {
    return {};
  }
}
