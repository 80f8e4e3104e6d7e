/** Schemas that stand once in a document, under a name, and are referred to wherever they are used. */
import type { TSchema } from 'typebox';
import { COMMANDS, LEASES } from '../../domain/registry.js';
import { ROW_SCHEMAS } from '../../protocol/row-schemas.js';
import { OptionalExpect } from '../../protocol/schemas.js';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export class NamedSchemas {
  readonly #names = new Map<unknown, string>();

  constructor() {
    this.add('Expect', OptionalExpect);
    for (const [table, schema] of Object.entries(ROW_SCHEMAS)) this.add(table, schema);
    for (const { name, payload } of Object.values({ ...COMMANDS, ...LEASES })) {
      this.add(name, payload);
    }
  }

  add(name: string, schema: TSchema): void {
    this.#names.set(schema, name);
  }

  /** The schema as JSON, with a reference in the place of each named one inside. */
  refer(schema: unknown): Json {
    const name = this.#names.get(schema);
    return name === undefined ? this.#whole(schema) : { $ref: `#/components/schemas/${name}` };
  }

  /** For `components.schemas`. */
  components(): Readonly<Record<string, Json>> {
    const entries = [...this.#names].map(([schema, name]) => [name, this.#whole(schema)] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #whole(value: unknown): Json {
    if (Array.isArray(value)) return value.map((each) => this.refer(each));
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
      return Object.fromEntries(entries.map(([key, inner]) => [key, this.refer(inner)]));
    }
    return value as Json;
  }
}
