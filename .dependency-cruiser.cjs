/**
 * The layers of the house, the owner of each npm package, and no circles. Types count as imports.
 * Imports point down this table only; what a layer may import is its row.
 */
const LAYERS = {
  base: [],
  domain: ['base'],
  protocol: ['base', 'domain'],
  store: ['base', 'domain'],
  hub: ['base', 'domain', 'protocol', 'store'],
  api: ['base', 'domain', 'protocol', 'store', 'hub'],
  server: ['base', 'domain', 'protocol', 'store', 'hub', 'api'],
  client: ['base', 'domain', 'protocol'],
};

/** Layers that run in browsers too. */
const BROWSER_LAYERS = '^src/(base|domain|protocol|client)/';

/** The one place (or, for ws, one place a side) that imports each package. TypeBox is free to all. */
const OWNERS = {
  '@fastify/helmet': '^src/api/',
  '@fastify/swagger': '^src/api/',
  '@fastify/swagger-ui': '^src/api/',
  '@sentry/core': '^src/server/error-tracking\\.ts$',
  'async-mutex': '^src/hub/locks\\.ts$',
  'better-sqlite3': '^src/(store/|client/storage/file\\.ts$)',
  'cli-progress': '^src/server/cli/',
  commander: '^src/server/cli/',
  'csv-parse': '^src/server/cli/',
  'csv-stringify': '^src/base/csv\\.ts$',
  'fast-json-patch': '^src/protocol/patch\\.ts$',
  idb: '^src/client/storage/indexed-db\\.ts$',
  fastify: '^src/(api/|server/http\\.ts$)',
  jose: '^src/server/tokens\\.ts$',
  'lru-cache': '^src/store/cold-cache\\.ts$',
  luxon: '^src/domain/business-date\\.ts$',
  msgpackr: '^src/protocol/codec\\.ts$',
  pino: '^src/server/log\\.ts$',
  'pino-pretty': '^src/server/log\\.ts$',
  'prom-client': '^src/server/metrics\\.ts$',
  'rate-limiter-flexible': '^src/(hub|api)/limits/',
  tar: '^src/store/backup/',
  typebox: '^src/',
  ws: '^src/(server/ws/|client/connection/node-socket\\.ts$)',
};

/** The same for the bench suite. What it measures the hub against stands in bench/peers/. */
const BENCH_OWNERS = {
  'better-sqlite3': '^bench/',
  'cli-progress': '^bench/report/progress\\.ts$',
  'cli-table3': '^bench/report/table\\.ts$',
  commander: '^bench/main\\.ts$',
  echarts: '^bench/report/chart\\.ts$',
  'hdr-histogram-js': '^bench/measure/latency\\.ts$',
  'socket.io': '^bench/peers/',
  ws: '^bench/peers/',
};

const packagePath = (names) => `(^|/)node_modules/(@types/)?(${names})/`;

/** Everything that a program, a library user or a worker thread starts from. */
const ENTRANCES =
  '^src/(index|client/index|client/node|protocol/index|server/main|store/.*worker)\\.ts$';

const layerRules = Object.entries(LAYERS).map(([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `${layer} may import ${below.length === 0 ? 'nothing above it' : below.join(', ')}.`,
  severity: 'error',
  from: {
    path: `^src/${layer}/`,
    ...(layer === 'server' ? { pathNot: '^src/server/cli/' } : {}),
  },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...below].join('|')})/` },
}));

const benchOwnerRules = Object.entries(BENCH_OWNERS).map(([name, owner]) => ({
  name: `bench-owner-${name}`,
  comment: `${name} is imported by ${owner} only.`,
  severity: 'error',
  from: { path: '^bench/', pathNot: owner },
  to: { path: packagePath(name) },
}));

const ownerRules = Object.entries(OWNERS).map(([name, owner]) => ({
  name: `owner-${name}`,
  comment: `${name} is imported by ${owner} only.`,
  severity: 'error',
  from: { path: '^src/', pathNot: owner },
  to: { path: packagePath(name) },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'layer-command-line',
      comment: 'The command line may import every layer, and alone in server/ the client.',
      severity: 'error',
      from: { path: '^src/server/cli/' },
      to: { path: '^src/', pathNot: `^src/(${Object.keys(LAYERS).join('|')})/` },
    },
    {
      name: 'layer-web',
      comment: 'The screens import the client alone.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/client/' },
    },
    ...ownerRules,
    ...benchOwnerRules,
    {
      name: 'owner-unnamed',
      comment: 'A package has its owner in this table before anything imports it.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '(^|/)node_modules/',
        pathNot: packagePath([...Object.keys(OWNERS), 'node'].join('|')),
      },
    },
    {
      name: 'bench-owner-unnamed',
      comment: 'A package has its owner in this table before the bench suite imports it.',
      severity: 'error',
      from: { path: '^bench/' },
      to: {
        path: '(^|/)node_modules/',
        pathNot: packagePath([...Object.keys(BENCH_OWNERS), 'node'].join('|')),
      },
    },
    {
      name: 'bench-measures-what-ships',
      comment: 'The bench suite runs and imports dist/, as a user would.',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^(src|test)/' },
    },
    {
      name: 'browser-no-node',
      comment: 'base, domain, protocol and client run in browsers.',
      severity: 'error',
      from: {
        path: BROWSER_LAYERS,
        pathNot: '^src/client/(connection/node-socket|storage/file)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'client-no-compiled-schemas',
      comment: 'A browser downloads no schema compiler.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: {
        path: '^src/protocol/(parse|check|compile)|node_modules/typebox/build/compile/',
        reachable: true,
      },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'no-dead-files',
      comment: 'Every file of src is reached from the program, the library or a worker.',
      severity: 'error',
      from: { path: ENTRANCES },
      to: { path: '^src/', pathNot: ENTRANCES, reachable: false },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-tests-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|web)/' },
    },
    {
      name: 'no-development-packages-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '(^|/)node_modules/@types/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Of dist/ the bench suite's imports are seen, not what is in it.
    doNotFollow: { path: '(node_modules|^dist/)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
