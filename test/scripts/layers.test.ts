import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { plant, REPOSITORY, runNode, type Fixture } from './fixture.js';

const TSCONFIG = JSON.stringify({
  compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2023' },
});
/** A package as npm lays it out, found from the planted folder. */
const installed = (name: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'i.js' }),
  [`node_modules/${name}/i.js`]: 'module.exports = {};',
});

describe('the layers bite', () => {
  let fixture: Fixture | undefined;
  afterEach(() => fixture?.remove());

  function cruise(files: Record<string, string>, rules = '.dependency-cruiser.cjs'): string {
    fixture = plant({
      'tsconfig.json': TSCONFIG,
      'package.json': JSON.stringify({ type: 'module', dependencies: { ws: '*', jose: '*' } }),
      ...files,
    });
    const config = join(REPOSITORY, rules);
    const cruiser = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
    const outcome = runNode(cruiser, ['--config', config, 'src'], fixture.folder);
    return outcome.code === 0 ? 'clean' : outcome.output;
  }

  it('an import upwards is reported, also of a type alone', () => {
    const found = cruise({
      'src/base/low.ts': `import type { High } from '../hub/high.js';\nexport type Low = High;`,
      'src/hub/high.ts': `export interface High { readonly id: string }`,
    });
    expect(found).toContain('layer-base: src/base/low.ts');
  });

  it('a circle is reported', () => {
    const found = cruise({
      'src/domain/a.ts': `import { b } from './b.js';\nexport const a = () => b;`,
      'src/domain/b.ts': `import { a } from './a.js';\nexport const b = () => a;`,
    });
    expect(found).toContain('no-circles');
  });

  it('a package outside its owner is reported, inside it is not', () => {
    const files = { ...installed('jose'), 'src/server/tokens.ts': `export * from 'jose';` };
    expect(cruise(files)).toBe('clean');
    fixture?.remove();
    const elsewhere = { ...installed('jose'), 'src/hub/x.ts': `export * from 'jose';` };
    expect(cruise(elsewhere)).toContain('owner-jose: src/hub/x.ts');
  });

  it('a package that has no owner is reported', () => {
    const found = cruise({ ...installed('left-pad'), 'src/hub/x.ts': `export * from 'left-pad';` });
    expect(found).toContain('owner-unnamed: src/hub/x.ts');
  });

  it('Node in a layer for browsers is reported', () => {
    const found = cruise({ 'src/protocol/x.ts': `export { readFileSync } from 'node:fs';` });
    expect(found).toContain('browser-no-node: src/protocol/x.ts');
  });

  it('the client is open to the command line and to nothing else in the server', () => {
    const client = {
      'src/client/index.ts': `import '../base/z.js';`,
      'src/base/z.ts': '',
      'src/server/main.ts': `import './cli/watch.js';`,
    };
    const allowed = { ...client, 'src/server/cli/watch.ts': `import '../../client/index.js';` };
    expect(cruise(allowed)).toBe('clean');
    fixture?.remove();
    const forbidden = { ...allowed, 'src/server/http.ts': `import '../client/index.js';` };
    expect(cruise(forbidden)).toContain('layer-server: src/server/http.ts');
  });

  it('a compiled schema that reaches the client is reported', () => {
    const found = cruise({
      'src/client/index.ts': `import '../protocol/index.js';`,
      'src/protocol/index.ts': `import './parse.js';`,
      'src/protocol/parse.ts': `import './index.js';`,
    });
    expect(found).toContain('client-no-compiled-schemas');
  });

  it('a schema library that the client reaches at run time is reported, one of types alone is not', () => {
    const reaching = (schema: string) => ({
      ...installed('typebox'),
      'src/client/index.ts': `import { b } from '../domain/b.js';\nexport const a = b;`,
      'src/domain/b.ts': `${schema}\nexport const b = 1;`,
    });
    const rules = '.dependency-cruiser.client.cjs';
    expect(cruise(reaching(`import type { T } from 'typebox';\nexport type S = T;`), rules)).toBe(
      'clean',
    );
    fixture?.remove();
    const found = cruise(
      reaching(`import { Type } from 'typebox';\nexport const t = Type;`),
      rules,
    );
    expect(found).toContain('client-no-typebox: src/client/index.ts');
  });

  it('a file that no entrance reaches is reported', () => {
    const found = cruise({
      'src/index.ts': `import './base/used.js';`,
      'src/base/used.ts': '',
      'src/base/dead.ts': `import './used.js';`,
    });
    expect(found).toContain('no-dead-files');
    expect(found).toContain('src/base/dead.ts');
    expect(found).not.toContain('no-dead-files: src/base/used.ts');
  });
});
