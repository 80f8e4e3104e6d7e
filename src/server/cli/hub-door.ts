/** The way of the command line's clients to a hub: its address, and tokens for the parts that they play. */
import { systemClock } from '../../base/clock.js';
import {
  ClientEnded,
  connectClient,
  offlineQueue,
  Refused,
  type Client,
  type ClientStorage,
  type OpenSocket,
} from '../../client/index.js';
import { nodeSocket } from '../../client/connection/node-socket.js';
import type { Role } from '../../domain/rows.js';
import { OperatorError } from '../operator-error.js';
import { openTokenKeys } from '../token-key.js';
import { openTokens, type Tokens } from '../tokens.js';
import { VERSION } from '../version.js';

export interface HubDoor {
  /** `ws://127.0.0.1:8080/ws` */
  readonly url: string;
  readonly branchId: string;
  /** One that was given serves all parts; else a fresh one is signed for each connection. */
  token(role: Role, device: string): string | (() => Promise<string>);
}

/** Seconds; a client asks for a new one whenever it connects. */
const TOKEN_SECONDS = 24 * 3_600;
/** A client that is refused for good, or not let in for so long, fails. In milliseconds. */
const FIRST_CONNECTION_MS = 30_000;

/** Signs tokens itself, with the key of a data directory. */
export function signingDoor(tokens: Tokens, url: string, branchId: string): HubDoor {
  return {
    url,
    branchId,
    token: (role, device) => () =>
      tokens.sign(
        {
          id: `${device}-staff`,
          name: device,
          role,
          branch_id: branchId,
          device_id: device,
        },
        TOKEN_SECONDS,
      ),
  };
}

export interface DoorOptions {
  readonly url: string;
  readonly branch: string;
  readonly token?: string;
  readonly data?: string;
}

/** The door of a running hub: with the token given, or with one signed by the key of its data directory. */
export function runningHubDoor({ url, branch, token, data }: DoorOptions): HubDoor {
  if (token !== undefined) return { url, branchId: branch, token: () => token };
  if (data === undefined) {
    throw new OperatorError(
      `connect to ${url}`,
      'there is no token',
      'give --token, or --data with the data directory of the hub',
    );
  }
  return signingDoor(openTokens(openTokenKeys(data), systemClock), url, branch);
}

export interface DeviceOptions {
  readonly role: Role;
  readonly device: string;
  readonly socket?: OpenSocket;
  readonly storage?: ClientStorage;
}

/** Resolves when the client is connected for the first time; from then on it keeps itself connected. */
export async function connectThrough(
  door: HubDoor,
  { role, device, socket = nodeSocket, storage }: DeviceOptions,
): Promise<Client> {
  const client = connectClient({
    url: door.url,
    token: door.token(role, device),
    socket,
    ...(storage === undefined ? {} : { storage, offline: offlineQueue }),
    clientName: `expeditor ${device}`,
    clientVersion: VERSION,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const { state } = client;
      reject(new Error(state.kind === 'offline' ? state.reason : 'no answer'));
    }, FIRST_CONNECTION_MS);
  });
  try {
    await Promise.race([client.whenLive(), late]);
    return client;
  } catch (error) {
    client.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`connect to ${door.url}`, reason, 'see that the hub runs there', error);
  } finally {
    clearTimeout(timer);
  }
}

/** A refusal, or an end of the connection, is for the operator to mend; anything else is a bug and stays as it is. */
export function forOperator(what: string, error: unknown): unknown {
  if (error instanceof Refused) {
    return new OperatorError(what, error.message, 'see what the token may do', error);
  }
  if (error instanceof ClientEnded) {
    return new OperatorError(what, error.message, 'start it again', error);
  }
  return error;
}
