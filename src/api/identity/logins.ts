/**
 * Logins with a PIN or a password. Each try at one device waits for the one before, and wrong ones are counted on the disk before
 * they are answered, so that neither haste nor a restart gives more tries.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import { credentialOf } from '../../domain/admin/staff-set-credential.js';
import type { Staff } from '../../domain/rows.js';
import type { HubBranch } from '../../hub/hub-branch.js';
import { RecordLocks } from '../../hub/locks.js';
import type { Store } from '../../store/port.js';
import type { CredentialKind } from '../../store/secrets.js';
import { keep } from './keep.js';
import { hashingIsFull, verifySecret } from './secret-hash.js';
import type { Granted, Sessions } from './sessions.js';
import { oneMore, waitMs } from './throttle.js';

const BUSY_RETRY_MS = 2_000;

export interface LoginsOptions {
  readonly store: Store;
  /** The world's, which tokens live by. */
  readonly clock: Clock;
  readonly sessions: Sessions;
}

export interface LoginRequest {
  readonly branch: HubBranch;
  /** Where it is tried; of a browser that is not paired, a name of its address. */
  readonly deviceId: string;
  readonly staffId: string;
  readonly kind: CredentialKind;
  readonly secret: string;
  readonly correlationId: string;
}

export class Logins {
  readonly #options: LoginsOptions;
  readonly #locks = new RecordLocks();
  readonly #strangerKey = randomBytes(32);

  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  async login(request: LoginRequest): Promise<Granted | Refusal> {
    const { branch, deviceId } = request;
    if (hashingIsFull()) {
      return refuse('overloaded', 'too many logins at once', { retryAfterMs: BUSY_RETRY_MS });
    }
    const release = await this.#locks.acquire([`${branch.hub.id} ${deviceId}`]);
    try {
      return await this.#login(request);
    } finally {
      release();
    }
  }

  async #login(request: LoginRequest): Promise<Granted | Refusal> {
    const { branch, deviceId, staffId, kind, secret, correlationId } = request;
    const { secrets } = this.#options.store;
    const { clock, sessions } = this.#options;
    const person = branch.hub.hot.staff.get(staffId);
    const actor = { staffId: person?.id ?? this.#stranger(staffId), deviceId };
    const failures = await secrets.loginFailures(branch.hub.id, deviceId, actor.staffId);
    const wait = waitMs(failures, clock.now());
    if (wait > 0) {
      const text = 'too many wrong logins at this device';
      return refuse('rate_limited', text, { retryAfterMs: wait });
    }
    const hash = mayLogIn(person, kind)
      ? await secrets.credential(branch.hub.id, staffId, kind)
      : null;
    // One who is not known, or not with this, takes as long as one who is: nobody learns who works here.
    const isRight = await verifySecret(secret, hash);
    if (!isRight || person === undefined) {
      const counted = oneMore(failures, actor, clock.now());
      const kept = await keep(branch, {
        command: 'auth.failed',
        actor,
        correlationId,
        secrets: counted.map((each) => ({ kind: 'login_failed', failures: each })),
      });
      return typeof kept === 'string' ? wrong() : kept;
    }
    const session = sessions.begin(branch.hub.id, staffId, deviceId);
    const kept = await keep(branch, {
      command: 'auth.login',
      actor,
      correlationId,
      secrets: [...session.secrets, { kind: 'login_succeeded', deviceId, staffId }],
    });
    if (kept !== 'committed') return kept === 'outdated' ? wrong() : kept;
    const { id, name, role } = person;
    const principal = { id, name, role, branch_id: branch.hub.id, device_id: deviceId };
    return session.grant(principal);
  }

  /** Stands for one whom the branch does not know, and who may have typed a secret in place of a name: that is kept nowhere. */
  #stranger(staffId: string): string {
    const mark = createHmac('sha256', this.#strangerKey).update(staffId).digest('hex');
    return `unknown:${mark.slice(0, 24)}`;
  }
}

function mayLogIn(person: Staff | undefined, kind: CredentialKind): boolean {
  return person?.active === true && credentialOf(person.role) === kind;
}

function wrong(): Refusal {
  return refuse('unauthenticated', 'the person or the secret is wrong');
}
