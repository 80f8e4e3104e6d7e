/** The matrix: every role at every branch for every row of the policy, each with what is to come of it. */
import type { Role } from '../../src/domain/rows.js';
import {
  COMMAND_POLICY,
  PUBLIC_PAGES,
  QUERY_POLICY,
  ROUTE_POLICY,
  VIEW_POLICY,
  type RoutePolicy,
  type Roles,
} from './policy.js';

const ROLES: Roles = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'];
/** The person's own, another of this hub, and one that is not there. */
export const BRANCHES = ['main', 'other', 'nowhere'] as const;
export type BranchId = (typeof BRANCHES)[number];

/** A request over a WebSocket, but for its id and key. */
export type WireRequest = Readonly<Record<string, unknown>> & { readonly type: string };

export interface HttpRequest {
  readonly method: string;
  /** From the root on. */
  readonly path: string;
  readonly body?: unknown;
  /** Whose token comes along; null: none does. */
  readonly bearer: {
    readonly role: Role;
    readonly branchId: BranchId;
    readonly as: 'person' | 'device';
  } | null;
}

export type Expected = 'let in' | 'forbidden' | 'unauthenticated';

export interface Cell {
  /** What is asked, by whom, where: unique. */
  readonly title: string;
  readonly expected: Expected;
  /** The code that `let in` shows itself by; absent: any that no door gives. */
  readonly letIn?: string | undefined;
  readonly request:
    | { readonly door: 'socket'; readonly role: Role; readonly message: WireRequest }
    | ({ readonly door: 'http' } & HttpRequest);
}

const everywhere = ROLES.flatMap((role) => BRANCHES.map((branchId) => ({ role, branchId })));

/** Of a person of `main` who names `branchId`. */
function atBranch(roles: Roles, role: Role, branchId: BranchId): Expected {
  return branchId === 'main' && roles.includes(role) ? 'let in' : 'forbidden';
}

function overSocket(name: string, roles: Roles, message: WireRequest): readonly Cell[] {
  return everywhere.map(({ role, branchId }) => ({
    title: `socket ${name} ${role} ${branchId}`,
    expected: atBranch(roles, role, branchId),
    request: { door: 'socket', role, message: { ...message, branchId } },
  }));
}

function commandCells(): readonly Cell[] {
  return COMMAND_POLICY.flatMap(({ name, roles, payload, expect }, row) => {
    const command = { name, payload, ...(expect !== undefined && { expect }) };
    const title = expect === undefined ? name : `${name} (row ${row})`;
    const overHttp = everywhere.map(({ role, branchId }): Cell => ({
      title: `http ${title} ${role} ${branchId}`,
      expected: atBranch(roles, role, branchId),
      request: {
        door: 'http',
        method: 'POST',
        path: `/api/v1/branches/${branchId}/commands`,
        body: command,
        bearer: { role, branchId: 'main', as: 'person' },
      },
    }));
    return [...overSocket(title, roles, { type: 'command', ...command }), ...overHttp];
  });
}

function viewCells(): readonly Cell[] {
  return VIEW_POLICY.flatMap(({ name, station, roles }) => {
    const title = station === undefined ? name : `${name}/${station}`;
    const at = station === undefined ? {} : { station };
    return overSocket(title, roles, { type: 'subscribe', view: name, ...at });
  });
}

function queryCells(): readonly Cell[] {
  return QUERY_POLICY.flatMap(({ name, roles, params }) =>
    overSocket(name, roles, { type: 'query', name, params }),
  );
}

/** A path without `:branch` is of the branch that the token names; a token of a branch that is not here is none of ours. */
function routeCells(policy: RoutePolicy): readonly Cell[] {
  const { method, path, roles, as = 'person', body, query = '', letIn } = policy;
  const namesBranch = path.includes(':branch');
  const title = `${method} ${path} ${as}`;
  const request = (branchId: BranchId, bearer: HttpRequest['bearer']) => {
    const url = path.replace(':branch', branchId).replaceAll(/:\w+/g, 'none');
    return { door: 'http', method, path: `/api/v1${url}${query}`, body, bearer } as const;
  };
  const expected = (role: Role, branchId: BranchId): Expected => {
    if (roles === 'public') return 'let in';
    if (namesBranch) return atBranch(roles, role, branchId);
    if (branchId === 'nowhere') return 'unauthenticated';
    return roles.includes(role) ? 'let in' : 'forbidden';
  };
  return [
    ...everywhere.map(({ role, branchId }) => ({
      title: `${title} ${role} ${branchId}`,
      expected: expected(role, branchId),
      letIn,
      request: request(branchId, { role, branchId: namesBranch ? 'main' : branchId, as }),
    })),
    ...BRANCHES.map((branchId) => ({
      title: `${title} without a token ${branchId}`,
      expected: roles === 'public' ? ('let in' as const) : ('unauthenticated' as const),
      letIn,
      request: request(branchId, null),
    })),
  ];
}

/** Whoever may GET may HEAD. */
export function routeRows(): readonly RoutePolicy[] {
  const heads = ROUTE_POLICY.filter(({ method }) => method === 'GET');
  return [...ROUTE_POLICY, ...heads.map((row) => ({ ...row, method: 'HEAD' }))];
}

function pageCells(): readonly Cell[] {
  return PUBLIC_PAGES.flatMap((page) =>
    ['GET', 'HEAD'].map((method) => ({
      title: `${method} ${page}`,
      expected: 'let in',
      request: { door: 'http', method, path: page.replace('*', 'none'), bearer: null },
    })),
  );
}

export function allCells(): readonly Cell[] {
  return [
    ...commandCells(),
    ...viewCells(),
    ...queryCells(),
    ...routeRows().flatMap(routeCells),
    ...pageCells(),
  ];
}

/** Codes that a door gives before it is known what a request would do: none of them tells that a role was let in. */
const DOOR_CODES: ReadonlySet<string> = new Set([
  'unauthenticated',
  'token_expired',
  'forbidden',
  'validation_failed',
  'bad_message',
  'rate_limited',
  'overloaded',
  'draining',
  'storage_unavailable',
  'internal',
]);

/** null: as expected. `code` is `ok` where nothing was refused. */
export function faultOf({ title, expected, letIn }: Cell, code: string): string | null {
  const isAsExpected =
    expected === 'let in'
      ? code === letIn || (letIn === undefined && !DOOR_CODES.has(code))
      : code === expected;
  return isAsExpected ? null : `${title}: expected ${expected}, came ${code}`;
}
