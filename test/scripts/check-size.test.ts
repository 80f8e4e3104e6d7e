import { afterEach, expect, it } from 'vitest';
import { plant, runNode, type Fixture } from './fixture.js';

let fixture: Fixture | undefined;
afterEach(() => fixture?.remove());

it('check-size names a file of 401 lines and passes one of 400', () => {
  fixture = plant({ 'src/long.ts': 'x;\n'.repeat(401), 'src/fits.ts': 'x;\n'.repeat(400) });
  const outcome = runNode('scripts/check-size.mjs', [fixture.folder]);
  expect(outcome.code).toBe(1);
  expect(outcome.output).toContain('src/long.ts: 401 lines');
  expect(outcome.output).not.toContain('fits');
});
