/**
 * A channel of a derived view (`shift`, `devices`): small, and published at most once an interval. It keeps the image that its
 * subscribers hold, so that a snapshot shows what was published, and a delta is the difference from the image.
 */
import type { TableChanges, UpdatedRow, ViewRow } from '../../protocol/messages.js';
import type { CatchUp, Channel, ChannelAddress, Delta } from './channel.js';

/** What the view holds now. Rows compare by their columns, which are plain values. */
export type ImageSource = () => Readonly<Record<string, readonly ViewRow[]>>;

export interface ImageChannelOptions {
  readonly name: string;
  readonly address: ChannelAddress;
  readonly epoch: string;
  readonly source: ImageSource;
  /** The version that a change published now gets. */
  readonly nextVersion: () => number;
  /** The version to begin with. */
  readonly version: number;
}

interface ImageRow {
  /** null: it left the view; remembered for catch-ups. */
  row: ViewRow | null;
  /** The version at which the image took it, or its leaving, in. */
  changedAt: number;
}

function changedColumns(before: ViewRow, after: ViewRow): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(after)) {
    if (column !== 'id' && column !== 'version' && before[column] !== value) {
      changes[column] = value;
    }
  }
  return changes;
}

/** Rows that left the view are remembered up to this many a table; then catch-ups begin anew from here. */
const GONE_ROWS_MAX = 1_000;

export class ImageChannel implements Channel {
  readonly name: string;
  readonly address: ChannelAddress;
  readonly epoch: string;
  readonly paced = true;
  readonly #options: ImageChannelOptions;
  readonly #image = new Map<string, Map<string, ImageRow>>();
  #version: number;
  #horizon: number;

  constructor(options: ImageChannelOptions) {
    this.name = options.name;
    this.address = options.address;
    this.epoch = options.epoch;
    this.#options = options;
    this.#version = options.version;
    this.#horizon = options.version;
    this.restart();
  }

  get version(): number {
    return this.#version;
  }

  /** Takes the view as it is now; whoever holds an older image needs a snapshot. */
  restart(): void {
    this.#version = Math.max(this.#version, this.#options.nextVersion());
    this.#horizon = this.#version;
    this.#image.clear();
    for (const [table, rows] of Object.entries(this.#options.source())) {
      this.#image.set(
        table,
        new Map(rows.map((row) => [row.id, { row, changedAt: this.#version }])),
      );
    }
  }

  takeDelta(): Delta | null {
    const baseVersion = this.#version;
    const newVersion = this.#options.nextVersion();
    if (newVersion <= baseVersion) return null;
    const changes: Record<string, TableChanges> = {};
    for (const [table, rows] of Object.entries(this.#options.source())) {
      const taken = this.#takeTable(table, rows, newVersion);
      if (taken !== null) changes[table] = taken;
    }
    if (Object.keys(changes).length === 0) return null;
    this.#version = newVersion;
    return { baseVersion, newVersion, changes };
  }

  tables(): Readonly<Record<string, readonly ViewRow[]>> {
    const tables: Record<string, readonly ViewRow[]> = {};
    for (const [table, rows] of this.#image) {
      tables[table] = [...rows.values()].flatMap(({ row }) => (row === null ? [] : [row]));
    }
    return tables;
  }

  catchUp(since: number): CatchUp | null {
    // Whoever stopped where this image began may hold rows of an older image, which named other versions.
    if (since > this.#version || since <= this.#horizon) return null;
    if (since === this.#version) return { changes: {}, fewer: true };
    const changes: Record<string, TableChanges> = {};
    for (const [table, rows] of this.#image) {
      const inserted: ViewRow[] = [];
      const deleted: string[] = [];
      for (const [id, { row, changedAt }] of rows) {
        if (changedAt <= since) continue;
        if (row === null) deleted.push(id);
        else inserted.push(row);
      }
      if (inserted.length + deleted.length === 0) continue;
      changes[table] = {
        ...(inserted.length > 0 && { inserted }),
        ...(deleted.length > 0 && { deleted }),
      };
    }
    return { changes, fewer: false };
  }

  #takeTable(table: string, rows: readonly ViewRow[], newVersion: number): TableChanges | null {
    const image = this.#image.get(table) ?? new Map<string, ImageRow>();
    this.#image.set(table, image);
    const inserted: ViewRow[] = [];
    const updated: UpdatedRow[] = [];
    const present = new Set<string>();
    for (const row of rows) {
      present.add(row.id);
      const held = image.get(row.id);
      if (held?.row?.version === row.version) continue;
      if (held === undefined || held.row === null) inserted.push(row);
      else {
        updated.push({ id: row.id, version: row.version, changes: changedColumns(held.row, row) });
      }
      image.set(row.id, { row, changedAt: newVersion });
    }
    const deleted = this.#takeGone(image, present, newVersion);
    if (inserted.length + updated.length + deleted.length === 0) return null;
    return {
      ...(inserted.length > 0 && { inserted }),
      ...(updated.length > 0 && { updated }),
      ...(deleted.length > 0 && { deleted }),
    };
  }

  #takeGone(
    image: Map<string, ImageRow>,
    present: ReadonlySet<string>,
    newVersion: number,
  ): string[] {
    const deleted: string[] = [];
    let gone = 0;
    for (const [id, held] of image) {
      if (held.row === null) gone += 1;
      if (held.row === null || present.has(id)) continue;
      deleted.push(id);
      held.row = null;
      held.changedAt = newVersion;
    }
    if (gone > GONE_ROWS_MAX) {
      for (const [id, { row }] of image) if (row === null) image.delete(id);
      this.#horizon = newVersion;
    }
    return deleted;
  }
}
