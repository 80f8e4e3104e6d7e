/** Whether what a client holds is what the hub has: every column of every row, against a fresh snapshot. */
import type { Client, Replica } from '../../../client/index.js';

/** What arrived last may still be on its way: a difference counts only when it is there for so long, in milliseconds. */
const SETTLE_MS = 5_000;
const LOOK_MS = 20;

type Tables = Replica['tables'];

/** Rows in order of id, columns in order of name; tables without rows left out. */
function canonical(tables: Tables): Map<string, string> {
  const rows = new Map<string, string>();
  for (const [table, entries] of tables) {
    for (const [id, row] of entries) {
      const columns = Object.keys(row).sort();
      rows.set(`${table} ${id}`, JSON.stringify(columns.map((column) => [column, row[column]])));
    }
  }
  return rows;
}

/** null: the same. Else the first difference, in words. */
export function firstDifference(held: Tables, fresh: Tables): string | null {
  const heldRows = canonical(held);
  const freshRows = canonical(fresh);
  for (const [name, row] of freshRows) {
    const other = heldRows.get(name);
    if (other === undefined) return `${name} is missing`;
    if (other !== row) return `${name} is ${other} in place of ${row}`;
  }
  for (const name of heldRows.keys()) if (!freshRows.has(name)) return `${name} is too much`;
  return null;
}

export interface Comparison {
  /** Replicas compared. */
  readonly replicas: number;
  /** Rows in the snapshots that they were compared with. */
  readonly rows: number;
  /** In words; empty: all equal. */
  readonly differences: readonly string[];
}

/** Compares replicas with snapshots that `witness` fetches now. Nothing must be changing meanwhile. */
export async function compareWithSnapshots(
  replicas: readonly Replica[],
  witness: Client,
): Promise<Comparison> {
  const differences: string[] = [];
  let rows = 0;
  for (const channel of new Set(replicas.map((replica) => replica.channel))) {
    const fresh = witness.subscribe(channel);
    await fresh.ready;
    for (const replica of replicas) {
      if (replica.channel !== channel) continue;
      rows += [...fresh.tables.values()].reduce((sum, table) => sum + table.size, 0);
      const difference = await lastingDifference(replica, fresh);
      if (difference !== null) differences.push(`${channel}: ${difference}`);
    }
    fresh.close();
  }
  return { replicas: replicas.length, rows, differences };
}

async function lastingDifference(replica: Replica, fresh: Replica): Promise<string | null> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const difference = firstDifference(replica.tables, fresh.tables);
    if (difference === null || waitedMs >= SETTLE_MS) return difference;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
