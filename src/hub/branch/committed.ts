/** The change set as the commit wrote it: with the number that only the commit could give. */
import type { ChangeSet, RowChange } from '../../domain/change-set.js';

export function committedChanges(changeSet: ChangeSet, zNumber: number | null): ChangeSet {
  if (zNumber === null) return changeSet;
  return changeSet.map((change): RowChange => {
    if (change.table !== 'pos_shift' || change.after.status !== 'closed') return change;
    return {
      ...change,
      after: { ...change.after, z_number: zNumber },
      changes: change.changes === null ? null : { ...change.changes, z_number: zNumber },
    };
  });
}
