/** How long groups of commits take and how many commits share one, as the writer's thread measured them. */
import { Histogram, SECONDS } from '../../base/histogram.js';
import type { GroupTimes } from './messages.js';

/** The writer's own bound is the last. */
const GROUP_SIZES: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

export class GroupMeasures {
  readonly histograms = {
    group_commits: new Histogram('Commits that shared one transaction and one sync', GROUP_SIZES),
    group_seconds: new Histogram(
      "A group in the writer's thread, from before BEGIN to after COMMIT",
      SECONDS,
    ),
    commit_seconds: new Histogram(
      'COMMIT of a group alone: its pages written to the log and, with durability full, the sync that it waits for',
      SECONDS,
    ),
  } as const;

  note(commits: number, { groupMs, commitMs }: GroupTimes): void {
    const { histograms } = this;
    histograms.group_commits.observe(commits);
    histograms.group_seconds.observe(groupMs / 1_000);
    // A group that failed as a whole had no COMMIT.
    if (commitMs > 0) histograms.commit_seconds.observe(commitMs / 1_000);
  }
}
