/** Pairing of devices: an administrator gets a short code, the device exchanges it for its own refresh token. */
import type { Clock } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import { devicePair } from '../../domain/admin/device-pair.js';
import type { Role } from '../../domain/rows.js';
import type { Hub } from '../../hub/hub.js';
import type { HubBranch } from '../../hub/hub-branch.js';
import { RecordLocks } from '../../hub/locks.js';
import type { Principal } from '../../protocol/messages.js';
import type { Store } from '../../store/port.js';
import type { StoredPairingCode } from '../../store/secrets.js';
import { keep } from './keep.js';
import { newPairingText, readPairing, writePairing, type PairingText } from './pairing-code.js';
import { hashSecret, verifySecret } from './secret-hash.js';
import type { Granted, Sessions } from './sessions.js';

const CODE_MS = 10 * 60_000;
const TRIES = 5;
/** A new code whose first two characters are taken is made anew, this often. */
const OFFERS_MAX = 8;
const BUSY_RETRY_MS = 60_000;

export interface PairingOptions {
  readonly hub: Hub;
  readonly store: Store;
  /** The world's, which tokens live by. */
  readonly clock: Clock;
  readonly newId: NewId;
  readonly sessions: Sessions;
}

export interface PairingOffer {
  readonly branch: HubBranch;
  readonly by: Principal;
  readonly name: string;
  readonly role: Role;
  /** A device that is paired anew; absent: a new one. */
  readonly deviceId?: string | undefined;
  readonly correlationId: string;
}

export interface Offered {
  readonly code: string;
  readonly device_id: string;
  readonly expires_at: number;
}

export class Pairing {
  readonly #options: PairingOptions;
  readonly #locks = new RecordLocks();

  constructor(options: PairingOptions) {
    this.#options = options;
  }

  async offer(offer: PairingOffer): Promise<Offered | Refusal> {
    const { branch, by, name, role, deviceId, correlationId } = offer;
    const { clock, newId } = this.#options;
    if (deviceId !== undefined && !branch.hub.hot.devices.has(deviceId)) {
      return refuse('not_found', `no device ${deviceId}`);
    }
    const device = deviceId ?? newId();
    for (let offers = 0; offers < OFFERS_MAX; offers += 1) {
      const text = newPairingText();
      const now = clock.now();
      const code = {
        selector: text.selector,
        hash: await hashSecret(text.secret),
        ...{ device_id: device, name, role, expires_at: now + CODE_MS, tries_left: TRIES },
      };
      const kept = await keep(branch, {
        command: 'auth.pairing_offered',
        actor: { staffId: by.id, deviceId: by.device_id },
        correlationId,
        secrets: [{ kind: 'pairing_offered', code, at: now }],
      });
      if (kept === 'committed') {
        return { code: writePairing(text), device_id: device, expires_at: code.expires_at };
      }
      if (kept !== 'outdated') return kept;
    }
    return refuse('overloaded', 'too many devices are being paired', {
      retryAfterMs: BUSY_RETRY_MS,
    });
  }

  async pair(typed: string, correlationId: string): Promise<Granted | Refusal> {
    const text = readPairing(typed);
    if (text === null) return unknownCode();
    const release = await this.#locks.acquire([text.selector]);
    try {
      return await this.#pair(text, correlationId);
    } finally {
      release();
    }
  }

  async #pair(text: PairingText, correlationId: string): Promise<Granted | Refusal> {
    const { hub, store, clock } = this.#options;
    const code = await store.secrets.pairingCode(text.selector);
    const branch = code === null ? undefined : hub.branches.get(code.branch_id);
    const isRight = await verifySecret(text.secret, code?.hash ?? null);
    if (code === null || branch === undefined || code.expires_at <= clock.now()) {
      return unknownCode();
    }
    return isRight
      ? this.#paired(branch, code, correlationId)
      : this.#missed(branch, code, correlationId);
  }

  async #paired(
    branch: HubBranch,
    code: StoredPairingCode,
    correlationId: string,
  ): Promise<Granted | Refusal> {
    const { selector, device_id: deviceId, name } = code;
    const role = code.role as Role;
    const session = this.#options.sessions.begin(branch.hub.id, null, deviceId);
    const answer = await branch.hub.execute({
      definition: devicePair,
      key: `pairing/${this.#options.newId()}`,
      payload: { id: deviceId, name, role, at: session.beganAt },
      expect: undefined,
      actor: { staffId: deviceId, deviceId, role },
      clientAt: null,
      correlationId,
      secrets: [{ kind: 'pairing_used', selector }, ...session.secrets],
    });
    if (answer.kind === 'refused') return answer.refusal;
    const principal = { id: deviceId, name, role, branch_id: branch.hub.id, device_id: deviceId };
    return session.grant(principal);
  }

  async #missed(
    branch: HubBranch,
    { selector, device_id: deviceId, tries_left: triesLeft }: StoredPairingCode,
    correlationId: string,
  ): Promise<Refusal> {
    const kept = await keep(branch, {
      command: 'auth.pairing_missed',
      actor: { staffId: deviceId, deviceId },
      correlationId,
      secrets: [{ kind: 'pairing_missed', selector, triesLeft: triesLeft - 1 }],
    });
    return typeof kept === 'string' ? unknownCode() : kept;
  }
}

function unknownCode(): Refusal {
  return refuse('unauthenticated', 'this code is wrong, used or expired');
}
