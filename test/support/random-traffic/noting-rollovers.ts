/**
 * A store whose roll-overs stand in the journal as acknowledged commands: the hub gives them to itself and tells nobody, so that
 * their commits would be unknown to the checkers. Noted is what the hub was told of them, as with everybody's commands.
 */
import { recordVersions } from '../../../src/domain/change-set.js';
import type { CommitOutcome, CommitRequest, Store } from '../../../src/store/port.js';
import type { Journal } from './journal.js';

const ROLLOVER = 'shift.rollover';

export function notingRollovers(store: Store, journal: Journal): Store {
  const commit: Store['commit'] = (request, settle) => {
    store.commit(request, (outcome) => {
      note(journal, request, outcome);
      settle(outcome);
    });
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'commit') return commit;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function note(
  journal: Journal,
  { branchId, key, command, changeSet, result }: CommitRequest,
  outcome: CommitOutcome,
): void {
  if (command !== ROLLOVER || outcome.kind !== 'committed' || key === null) return;
  const request = { branchId, key, name: command, payload: {} };
  const sending = journal.send(request, { role: 'admin', deviceId: `${branchId}-hub` });
  const { version } = outcome;
  const records = recordVersions(changeSet);
  journal.answered(sending, { type: 'ack', id: '', version, result: { ...result, records } });
}
