// Mutation testing of the logic that no port stands between: `npm run mutate`, or one folder of it with
// `npm run mutate -- --mutate 'shared/domain/**'`. What survives, and why, is in docs/mutation.md.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['shared/domain/**/*.ts', 'shared/gateways/**/*.ts'],
  testRunner: 'vitest',
  // The examples alone have to find a mutant: properties would find more, by luck and at a hundred times the price.
  testFiles: ['tests/unit/domain/**/*.test.ts', 'tests/unit/gateways/**/*.test.ts'],
  plugins: ['@stryker-mutator/vitest-runner'],
  ignorePatterns: ['/infra', '/functions', '/docs', '/cdk.out', '/coverage', '/.lingkaran'],
  // Stryker would rewrite references in it with the compiler's old API, which TypeScript 7 does not have.
  tsconfigFile: 'none',
  concurrency: 2,
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: '.lingkaran/mutation/report.html' },
  jsonReporter: { fileName: '.lingkaran/mutation/report.json' },
  tempDirName: '.lingkaran/stryker',
  thresholds: { high: 95, low: 90, break: 85 },
};
