/**
 * Which category and station an item belongs to, told from its name alone: a simple rule, since the file of a menu says
 * nothing of kitchens. Simulated, and said to be.
 */
import { derivedNumber } from './identity.js';

interface Rule {
  readonly name: RegExp;
  readonly category: string;
  /** Stations to prefer, best first, by id or name. */
  readonly stations: readonly string[];
  /** How long it takes to prepare, in seconds: from, to. */
  readonly preparation: readonly [number, number];
}

/** The first that fits holds; the last fits all. */
const RULES: readonly Rule[] = [
  {
    name: /\b(coke|cola|lemonade|water|cobra|beer|wine|juice|tea|coffee|lassi)\b/i,
    category: 'Drinks',
    stations: ['bar'],
    preparation: [20, 90],
  },
  {
    name: /\b(chutney|pickle|raitha|raita|salad|papadum|mint sauce|red sauce|chaat|ice cream|kulfi)\b/i,
    category: 'Sides',
    stations: ['cold', 'bar'],
    preparation: [60, 180],
  },
  {
    name: /\b(naan|roti|chapati|paratha|puree|bread)\b/i,
    category: 'Breads',
    stations: ['grill'],
    preparation: [180, 360],
  },
  {
    name: /\b(bhajee|bhaji|samosa|pakora|roll|fries|chips|butterfly)\b/i,
    category: 'Fried',
    stations: ['fry'],
    preparation: [240, 480],
  },
  {
    name: /\b(tandoori|shash?lick|keba?b|kehab|sizzler|mixed grill|burger)\b|\btikka( \(main\))?$/i,
    category: 'Grill',
    stations: ['grill'],
    preparation: [480, 900],
  },
  {
    name: /\b(rice|biryani)\b/i,
    category: 'Rice',
    stations: ['fry', 'grill'],
    preparation: [240, 600],
  },
  { name: /./, category: 'Mains', stations: ['fry', 'grill'], preparation: [420, 960] },
];

export interface KitchenPlace {
  readonly category: string;
  readonly stations: readonly string[];
  readonly prepSeconds: number;
}

/** Deterministic: the same name always has the same place and time. */
export function kitchenPlace(itemName: string): KitchenPlace {
  const rule = RULES.find((candidate) => candidate.name.test(itemName));
  if (rule === undefined) throw new Error('an item has no name');
  const [from, to] = rule.preparation;
  return {
    category: rule.category,
    stations: rule.stations,
    prepSeconds: from + derivedNumber(to - from + 1, 'preparation', itemName),
  };
}

/** The hub's station for an item: the first preferred one that it has, else any one, always the same; null: it has none. */
export function chooseStation(
  place: KitchenPlace,
  itemName: string,
  stations: readonly { readonly id: string; readonly name: string }[],
): string | null {
  for (const wanted of place.stations) {
    const found = stations.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
    if (found !== undefined) return found.id;
  }
  if (stations.length === 0) return null;
  return stations[derivedNumber(stations.length, 'station', itemName)]?.id ?? null;
}
