/** The manager of a replay: puts the menu, and changes a price before something is rung up at another one. */
import { CommandRefused, type Client, type Replica } from '../../../client/index.js';
import type { CommandPayloads } from '../../../domain/registry.js';
import { derivedId } from './identity.js';
import { chooseStation, kitchenPlace } from './kitchen-rule.js';
import type { Ledger } from './ledger.js';
import type { PlannedItem, PlannedLine } from './plan.js';

/** Basis points: the tax that the prices are said to hold. Simulated. */
const TAX_RATE = 2_000;

type ItemPayload = CommandPayloads['menu.put_item'];

export class MenuKeeper {
  readonly #client: Client;
  readonly #ledger: Ledger;
  readonly #menu: Replica;
  #pricesChanged = 0;

  /** `menu` is the branch's `menu` channel, ready. */
  constructor(client: Client, ledger: Ledger, menu: Replica) {
    this.#client = client;
    this.#ledger = ledger;
    this.#menu = menu;
  }

  get pricesChanged(): number {
    return this.#pricesChanged;
  }

  /** Station ids that have items of the plan. */
  stationsOf(items: readonly PlannedItem[]): string[] {
    const used = new Set(items.flatMap((item) => this.stationOf(item) ?? []));
    return [...used].sort();
  }

  /** As the menu has it; before the item is there, as the rule says. */
  stationOf(item: PlannedItem): string | null {
    const row = this.#menu.tables.get('menu_item')?.get(item.id);
    if (row !== undefined) return row['station'] as string | null;
    const stations = [...(this.#menu.tables.get('station')?.values() ?? [])].map((station) => ({
      id: station.id,
      name: String(station['name']),
    }));
    return chooseStation(kitchenPlace(item.name), item.name, stations);
  }

  /** Puts the items that the hub does not have. */
  async putMissing(items: readonly PlannedItem[]): Promise<void> {
    const held = this.#menu.tables.get('menu_item');
    const missing = items.filter((item) => held?.has(item.id) !== true);
    await Promise.all(missing.map((item) => this.#put(this.#newItem(item), 0)));
  }

  /** Each item of the lines costs what the lines say. An item stands at one price in them. */
  async setPrices(lines: readonly PlannedLine[]): Promise<void> {
    const prices = new Map(lines.map((line) => [line.item.id, line.pence]));
    for (const [id, price] of prices) {
      const row = this.#menu.tables.get('menu_item')?.get(id);
      if (row === undefined || row['price'] === price) continue;
      await this.#put({ id, price }, row.version);
      this.#pricesChanged += 1;
    }
  }

  /** Resolves when the change shows in the menu. Who else changed the item meanwhile is overruled. */
  async #put(payload: ItemPayload, version: number): Promise<void> {
    const key = derivedId('menu.put_item', JSON.stringify(payload), version);
    const expect = { menu_item: { [payload.id]: version } };
    try {
      const answer = await this.#ledger.give(this.#client, {
        name: 'menu.put_item',
        key,
        payload,
        expect,
      });
      await this.#menu.until((menu) => menu.version >= answer.version);
    } catch (error) {
      const current = conflictVersion(error, payload.id);
      if (current === null) throw error;
      this.#ledger.counts.conflicts += 1;
      await this.#put(payload, current);
    }
  }

  #newItem(item: PlannedItem): ItemPayload {
    const place = kitchenPlace(item.name);
    return {
      id: item.id,
      name: item.name,
      category: place.category,
      station: this.stationOf(item),
      price: item.pence,
      tax_rate: TAX_RATE,
      tax_included: true,
      prep_seconds: place.prepSeconds,
      position: item.position,
    };
  }
}

/** The item's version as a conflict shows it; null: the error is none. */
function conflictVersion(error: unknown, itemId: string): number | null {
  if (!(error instanceof CommandRefused) || error.code !== 'version_conflict') return null;
  const version = error.current?.['menu_item']?.[itemId];
  if (typeof version !== 'object' || version === null || !('version' in version)) return null;
  return Number(version.version);
}
