/** Who may do what, cell by cell: role x branch x (command, view, query, route), over both doors of one server. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/api/route.js';
import { ROUTES } from '../../src/api/routes/index.js';
import type { CommandDefinition, LeaseDefinition } from '../../src/domain/command.js';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
import { QUERY_NAMES, VIEW_NAMES } from '../../src/protocol/messages.js';
import { Asking } from './asking.js';
import { allCells, routeRows, type Cell } from './cells.js';
import { COMMAND_POLICY, PUBLIC_PAGES, QUERY_POLICY, VIEW_POLICY } from './policy.js';

const cells = allCells();
/** What the server registers, whoever does it: `GET /api/v1/auth/login`. */
const registered = new Set<string>();
let asking: Asking;

function watch(message: unknown): void {
  const { fastify } = message as { readonly fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) registered.add(`${each} ${url}`);
  });
}

beforeAll(async () => {
  subscribe('fastify.initialization', watch);
  asking = await Asking.start();
  unsubscribe('fastify.initialization', watch);
}, 30_000);
afterAll(() => asking.stop());

type Fits<Given, Wanted> = Given extends Wanted ? true : false;

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
const namesOf = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

describe('the matrix of roles', () => {
  it('MX-1 every cell, role by branch by command, view, query and route, is as the policy says', async () => {
    process.stdout.write(`the matrix has ${cells.length} cells\n`);
    expect(new Set(cells.map(({ title }) => title)).size).toBe(cells.length);
    expect(cells.length).toBeGreaterThan(1_500);
    expect(await asking.faults(cells)).toEqual([]);
  }, 60_000);

  it('MX-2 what the hub can do and the policy does not name fails, and the other way round', () => {
    expect(sorted(namesOf(COMMAND_POLICY))).toEqual(
      sorted(Object.keys({ ...COMMANDS, ...LEASES })),
    );
    expect(sorted(namesOf(VIEW_POLICY))).toEqual(sorted(VIEW_NAMES));
    expect(sorted(namesOf(QUERY_POLICY))).toEqual(sorted(QUERY_NAMES));
    const inTable = ROUTES.flatMap(({ method, path }) =>
      method === 'GET' ? [`GET ${path}`, `HEAD ${path}`] : [`${method} ${path}`],
    );
    expect(sorted(routeRows().map(({ method, path }) => `${method} ${path}`))).toEqual(
      sorted(inTable),
    );
  });

  it('MX-3 the server registers nothing else, beside the table of routes either', async () => {
    expect(registered.size).toBeGreaterThan(100);
    const named = new Set([
      ...routeRows().map(({ method, path }) => `${method} /api/v1${path}`),
      ...PUBLIC_PAGES.flatMap((page) => [`GET ${page}`, `HEAD ${page}`]),
    ]);
    const answers = await Promise.all(
      [...registered]
        .filter((route) => !named.has(route))
        .map(async (route) => {
          const [method = '', url = ''] = route.split(' ');
          const path = url.replaceAll(/:\w+/g, 'none');
          const { status } = await asking.api.ask(method, `/${path}`, { token: null });
          return { route, status: method === 'OPTIONS' ? status - 204 : status - 405 };
        }),
    );
    // What is left are the methods that a path does not have.
    expect(answers.filter(({ status }) => status !== 0)).toEqual([]);
  });

  it('MX-4 one cell that is wrong is found, and no other', async () => {
    const turned = async (title: string, expected: Cell['expected']) => {
      const subject = title.split(' ', 2).join(' ');
      const some = cells.filter((cell) => cell.title.startsWith(`${subject} `));
      expect(some.length).toBeGreaterThan(14);
      return asking.faults(
        some.map((cell): Cell => (cell.title === title ? { ...cell, expected } : cell)),
      );
    };
    const voided = 'socket order.void cashier main';
    expect(await turned(voided, 'let in')).toEqual([`${voided}: expected let in, came forbidden`]);
    const read = 'GET /branches/:branch/staff person manager main';
    expect(await turned(read, 'forbidden')).toEqual([`${read}: expected forbidden, came ok`]);
  });

  it('MX-5 a command without roles and a route without access do not compile', () => {
    // The compiler checks these answers: with the field optional, `false` would be no value of the type.
    const fits: {
      readonly command: Fits<Omit<CommandDefinition, 'roles'>, CommandDefinition>;
      readonly lease: Fits<Omit<LeaseDefinition, 'roles'>, LeaseDefinition>;
      readonly route: Fits<Omit<Route, 'access'>, Route>;
      readonly whole: Fits<Route, Route>;
    } = { command: false, lease: false, route: false, whole: true };
    expect(fits).toEqual({ command: false, lease: false, route: false, whole: true });
    for (const { roles } of Object.values({ ...COMMANDS, ...LEASES })) expect(roles).toBeDefined();
    for (const { access } of ROUTES) expect(access).toBeDefined();
  });
});
