/** What a browser downloads with the client: imports as they are when the program runs, so that those of types alone do not count. */
module.exports = {
  forbidden: [
    {
      name: 'client-no-typebox',
      comment: 'A browser downloads neither the schema library nor the calendar.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '(^|/)node_modules/(typebox|luxon)/', reachable: true },
    },
  ],
  options: {
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
