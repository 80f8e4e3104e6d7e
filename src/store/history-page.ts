/** Cuts a page out of an order's commits: what stood before it as rows, what follows one commit after the other. */
import type {
  CommitRecord,
  HistoryPage,
  OrderCommit,
  OrderHistory,
  OrderRowState,
} from './history.js';

/** Rows told one by one in a page, after which it ends with the commit: a bound on what one answer costs. */
const PAGE_ROWS_MAX = 2_000;

/** `commits`: all that touched the order, in order of version. */
export function historyPage(commits: readonly OrderCommit[], page: HistoryPage): OrderHistory {
  const place = placeOf(commits, page);
  const rows = new Map<string, OrderRowState>();
  for (const commit of commits.slice(0, place)) {
    for (const state of commit.rows) {
      const key = `${state.table} ${state.id}`;
      if (state.row === null) rows.delete(key);
      else rows.set(key, state);
    }
  }
  const told: OrderCommit[] = [];
  let toldRows = 0;
  for (const commit of commits.slice(place, place + page.limit)) {
    if (toldRows >= PAGE_ROWS_MAX) break;
    told.push(commit);
    toldRows += commit.rows.length;
  }
  const base = commits[place - 1];
  return {
    kind: 'told',
    base: base === undefined ? null : recordOf(base),
    before: [...rows.values()],
    commits: told,
    more: place + told.length < commits.length,
  };
}

/** How many commits lie up to the page's place. Should the clock have been set back, the last one of that time counts. */
function placeOf(commits: readonly OrderCommit[], { after }: HistoryPage): number {
  const last =
    'version' in after
      ? commits.findLastIndex(({ version }) => version <= after.version)
      : commits.findLastIndex(({ at }) => at <= after.at);
  return last + 1;
}

function recordOf({ rows: _rows, ...record }: OrderCommit): CommitRecord {
  return record;
}
