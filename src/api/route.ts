/**
 * A route of the API as data: what it takes, who may use it, what it answers. Registration, the API's document and the
 * matrix of roles are all made from this table, so a route without a policy does not compile.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { Refusal, RefusalCode } from '../base/refusal.js';
import type { Role } from '../domain/rows.js';
import type { HubBranch } from '../hub/hub-branch.js';
import type { RequestKind } from '../hub/limits/request-kind.js';
import type { Grant } from '../hub/options.js';
import type { Principal } from '../protocol/messages.js';
import type { ApiContext } from './context.js';

/** Under which all routes stand. */
export const API_PREFIX = '/api/v1';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `public`: nobody needs to say who they are. `signed_in`: any role. Else the roles that may. */
export type Access = 'public' | 'signed_in' | readonly Role[];

/** Whether the route takes an `Idempotency-Key`. */
export type KeyRule = 'required' | 'optional' | 'none';

/** The names after the colons of a path. */
export type ParamName<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamName<`/${Tail}`>
    : Rest
  : never;

export interface Call<
  Path extends string = string,
  A extends Access = Access,
  Query extends TObject = TObject,
  Body extends TSchema = TSchema,
  Key extends KeyRule = KeyRule,
> {
  /** Who asks; null on public routes, whatever token came along. */
  readonly principal: A extends 'public' ? null : Principal;
  /** What the principal's token was given for; null on public routes. */
  readonly grant: A extends 'public' ? null : Grant;
  /** The principal's branch, which is the `:branch` of the path where it has one; null on public routes. */
  readonly branch: A extends 'public' ? null : HubBranch;
  readonly params: Readonly<Record<ParamName<Path>, string>>;
  readonly query: Static<Query>;
  readonly body: Static<Body>;
  /** null: none came. */
  readonly idempotencyKey: Key extends 'required' ? string : string | null;
  /** The version that `If-Match` names; 0 for `If-None-Match: *` (the record must not be there yet); null: neither came. */
  readonly ifMatch: number | null;
  /** Stands in logs, in the event of a commit and in the answer's `x-correlation-id`. */
  readonly correlationId: string;
  /** The `Accept` header as it came; null: none did. */
  readonly accept: string | null;
  readonly remoteAddress: string;
  readonly context: ApiContext;
}

export type RouteAnswer =
  | { readonly refusal: Refusal }
  | {
      /** Default: 200, or 204 without a body. */
      readonly status?: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      /** What stands between the quotes of the `ETag`: a record's version comes first in it, and a dot ends the version. */
      readonly etag?: string;
    };

export interface DocumentedAnswer {
  readonly description: string;
  /** Absent: there is no body. */
  readonly schema?: TSchema;
  /** Media types that it may come in besides JSON. */
  readonly otherTypes?: readonly string[];
}

export interface Route<
  Path extends string = string,
  A extends Access = Access,
  Query extends TObject = TObject,
  Body extends TSchema = TSchema,
  Key extends KeyRule = KeyRule,
> {
  readonly method: Method;
  /** Below `API_PREFIX`; a `:branch` in it must be the principal's own. */
  readonly path: Path;
  /** The heading in the API's document that the route stands under. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  /** Of path parameters that are no plain ids. */
  readonly params?: { readonly [Name in ParamName<Path>]?: TSchema };
  /** Refuses fields that it does not name. Integers and booleans are read from their text. */
  readonly query?: Query;
  /** Refuses fields that it does not name. */
  readonly body?: Body;
  /** What the document shows in place of `body`, where it can say more. */
  readonly documentedBody?: TSchema;
  readonly example?: Static<Body>;
  /** Default: `none`. */
  readonly idempotencyKey?: Key;
  /** What it is limited and shed as; default: a GET as a query, anything else as `other`. */
  readonly kindOf?: (body: Static<Body>) => RequestKind;
  /** The route looks at `ifMatch`. */
  readonly conditional?: true;
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** What it refuses besides what every route may (a token, a role, a malformed request). */
  readonly refusals?: readonly RefusalCode[];
  handle(call: Call<Path, A, Query, Body, Key>): RouteAnswer | Promise<RouteAnswer>;
}

/** Keeps the types of path, query and body through the definition. */
export function defineRoute<
  const Path extends string,
  const A extends Access,
  Query extends TObject,
  Body extends TSchema,
  Key extends KeyRule = 'none',
>(route: Route<Path, A, Query, Body, Key>): Route<Path, A, Query, Body, Key> {
  return route;
}
