/** Quick tests that tick by hand, end-to-end ones that start processes and wait for them, and pages in a real browser. */
import { defineConfig } from 'vitest/config';

const BROWSER = ['test/browser/**/*.test.ts'];
const E2E = ['test/e2e/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/interop/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // Files of one worker share what they import: to load it for each took most of the time.
    isolate: false,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...E2E, ...BROWSER],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: E2E,
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: BROWSER,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
