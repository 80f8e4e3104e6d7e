/** What a recorded process did to its files, one step after the other. */

/** Paths are relative to the recorded root, in its own words (`data/expeditor.db-wal`). */
export type Step =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'make_directory'; readonly path: string }
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly offset: number;
      readonly data: Buffer;
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  /** `call` joins it with its end. */
  | { readonly kind: 'sync_begins'; readonly path: string; readonly call: number }
  | { readonly kind: 'sync_ends'; readonly call: number }
  | { readonly kind: 'acknowledged'; readonly key: string; readonly version: number }
  /** An operator was told that a command is done. */
  | { readonly kind: 'said'; readonly line: string };
