/** Two kinds of tests: quick ones that tick by hand, and end-to-end ones that start processes and wait for them. */
import { defineConfig } from 'vitest/config';

const E2E = ['test/e2e/**/*.test.ts', 'test/interop/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: E2E,
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
    ],
  },
});
