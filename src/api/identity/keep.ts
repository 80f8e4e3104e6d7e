/** Commits what happens to logins, and says in the API's words when it could not be. */
import { assert } from '../../base/assert.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import type { HubBranch } from '../../hub/hub-branch.js';
import type { SecretCommit } from '../../hub/branch/branch.js';

export type Kept = 'committed' | 'outdated' | Refusal;

const STORAGE_RETRY_MS = 2_000;

/** `outdated`: what it was decided on has changed meanwhile; nothing was written. */
export async function keep(branch: HubBranch, commit: SecretCommit): Promise<Kept> {
  const outcome = await branch.hub.keep(commit);
  if (outcome.kind === 'committed' || outcome.kind === 'outdated') return outcome.kind;
  assert(outcome.kind === 'unavailable', `${commit.command} writes no rows`);
  return refuse('storage_unavailable', `nothing was written: ${outcome.reason}`, {
    retryAfterMs: STORAGE_RETRY_MS,
  });
}
