/**
 * The Z reports of a replay: one for each shift that holds its orders, as the hub gives them out. The list says of each report
 * what it comes to and the hash of all that it says, so that two lists show whether any report has changed in between.
 */
import { createHash } from 'node:crypto';
import { Refused, type Client } from '../../../client/index.js';
import type { ShiftReportResult } from '../../../protocol/results.js';
import type { StoredOrders } from './reconciliation.js';

export interface ZReport {
  readonly businessDate: string;
  readonly shiftId: string;
  readonly registerId: string;
  readonly zNumber: number | null;
  readonly orders: number;
  /** What its sales came to, in pence. */
  readonly total: number;
  /** SHA-256 of the report, hexadecimal. */
  readonly hash: string;
}

/** In order of business date, and of Z number within one. Shifts that are open have none. */
export async function fetchZReports(client: Client, stored: StoredOrders): Promise<ZReport[]> {
  const shiftIds = new Set([...stored.values()].map(({ header }) => header.shift_id));
  const reports: ZReport[] = [];
  for (const shiftId of shiftIds) {
    const found = await fetchZReport(client, shiftId);
    if (found !== null) reports.push(found);
  }
  return reports.sort((a, b) =>
    a.businessDate === b.businessDate
      ? Number(a.zNumber) - Number(b.zNumber)
      : a.businessDate.localeCompare(b.businessDate),
  );
}

export async function fetchZReport(client: Client, shiftId: string): Promise<ZReport | null> {
  try {
    return zReportOf(await client.query('shift.report', { shift_id: shiftId, kind: 'z' }));
  } catch (error) {
    if (error instanceof Refused && error.code === 'invalid_state') return null;
    throw error;
  }
}

function zReportOf({ report, z_number: zNumber }: ShiftReportResult): ZReport {
  const { shift, sales } = report;
  return {
    businessDate: shift.business_date,
    shiftId: shift.id,
    registerId: shift.register_id,
    zNumber,
    orders: sales.orders,
    total: sales.total,
    hash: createHash('sha256').update(canonical(report)).digest('hex'),
  };
}

/** JSON whose keys are in order, however the hub sent them. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function sumOf(reports: readonly ZReport[]): number {
  return reports.reduce((sum, { total }) => sum + total, 0);
}

/** A CSV file: a head, one line a report, `\n` at each end. */
export function zReportsFile(reports: readonly ZReport[]): string {
  const rows = reports.map(({ businessDate, registerId, zNumber, orders, total, hash }) =>
    [businessDate, registerId, zNumber, orders, total, hash].join(','),
  );
  return `${['business_date,register_id,z_number,orders,total,sha256', ...rows].join('\n')}\n`;
}
