/**
 * Lint: typescript-eslint's strict rules with type information, plus the rules of the house that a linter can hold.
 * Inline comments cannot switch a rule off; what a folder may do differently is said here, with the reason.
 */
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Clock and randomness come in from outside, so that a decision can be repeated (rule 8 of the house). */
const OUTSIDE_WORLD = [
  { object: 'Date', property: 'now', message: 'Take a Clock.' },
  { object: 'Math', property: 'random', message: 'Take `random` from outside.' },
  { object: 'crypto', property: 'randomUUID', message: 'Take a NewId.' },
];
const ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'Only server/config.ts reads the environment.',
};

export default defineConfig(
  { ignores: ['dist/', 'build/', 'coverage/', 'data/', 'node_modules/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      // By name: found by each file's folder, the same sources would be checked in more programs than these.
      parserOptions: {
        project: ['tsconfig.json', 'bench/tsconfig.json', 'test/browser/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, allowDefaultCaseForExhaustiveSwitch: true },
      ],
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      // The compiler takes no enums (`erasableSyntaxOnly`), and looking for them takes a third of the lint's time.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/strict-boolean-expressions': [
        'error',
        { allowNullableObject: true, allowNullableBoolean: false, allowNumber: false },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: false, allowNullish: false },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Fakes and silent implementations have methods that do nothing.
      '@typescript-eslint/no-empty-function': ['error', { allow: ['methods', 'arrowFunctions'] }],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-param-reassign': 'error',
      'no-constant-condition': 'error',
      'object-shorthand': 'error',
      curly: ['error', 'multi-line'],
      'no-restricted-properties': ['error', ...OUTSIDE_WORLD, ENVIRONMENT],
    },
  },
  {
    files: ['src/**/*.ts', 'web/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-params': ['error', 4],
      'max-depth': ['error', 4],
      complexity: ['error', 20],
      'no-console': 'error',
    },
  },
  {
    // Where the outside world comes in.
    files: ['src/base/clock.ts', 'src/base/ids.ts', 'src/server/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', ENVIRONMENT] },
  },
  {
    files: ['src/server/config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['test/**/*.ts', 'vitest.config.ts'],
    rules: {
      'max-lines': ['error', 400],
      // Tests read what a stranger's decoder gave them, and measure real time in e2e.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      // `expect(row?.version)` and index access in a test fail loudly by themselves.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // vitest's matchers are given as values: `expect(fake.close)`.
      '@typescript-eslint/unbound-method': 'off',
      // A fake implements an async port without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error', eqeqeq: 'error' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly' },
    },
  },
);
