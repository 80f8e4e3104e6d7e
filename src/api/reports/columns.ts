/** Columns that several tables share, by the names that the answers give them. */
import type { CellKind, ColumnOf, Column } from './document.js';
import type { Word } from './words.js';

/** A column that holds the field of its own name. */
export function field<Key extends Word>(
  key: Key,
  kind: CellKind,
  on?: Column['on'],
): ColumnOf<Readonly<Record<Key, string | number | null>>> {
  return { key, kind, ...(on !== undefined && { on }), of: (row) => row[key] };
}

interface Person {
  readonly by_staff: string | null;
  readonly staff_name: string | null;
}
interface Place {
  readonly station: string | null;
  readonly station_name: string | null;
}

/** The id for programs, the name for people; where there is no name the id stands for it. */
export const STAFF: readonly ColumnOf<Person>[] = [
  field('by_staff', 'text', 'data'),
  { key: 'staff_name', kind: 'text', of: (row) => row.staff_name ?? row.by_staff },
];
export const STATION: readonly ColumnOf<Place>[] = [
  field('station', 'text', 'data'),
  { key: 'station_name', kind: 'text', of: (row) => row.station_name ?? row.station },
];
export const ORDERED = [field('orders', 'count'), field('total', 'money')] as const;
export const SOLD = [field('qty', 'count'), field('total', 'money')] as const;
export const COUNTED = [field('count', 'count'), field('amount', 'money')] as const;
export const TAKEN = [
  field('payments', 'count', 'wide'),
  field('paid', 'money'),
  field('refunds', 'count', 'wide'),
  field('refunded', 'money'),
] as const;
