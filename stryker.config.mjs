// Mutation testing of the logic that no port stands between: `npm run mutate`, or a part of it with
// `npm run mutate -- --mutate 'shared/gateways/**'`. What survives, and why, is in docs/mutation.md.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    'shared/domain/**/*.ts',
    'shared/gateways/**/*.ts',
    // Sentences for people and nothing else: a test could only repeat them.
    '!shared/domain/reasons.ts',
  ],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // The examples next to the code have to find a mutant by themselves: properties and simulations would find more, but
  // at many times the price. Other tests are kept out of the sandbox, not by `testFiles`: with that Stryker 10.1.1
  // switches mutants of top-level constants on only after the module has been read, and every one survives.
  ignorePatterns: [
    ...['/infra', '/functions', '/docs', '/cdk.out', '/coverage', '/.lingkaran'],
    ...['/tests/*', '!/tests/unit', '!/tests/support', '!/tests/fixtures'],
    ...['/tests/unit/*', '!/tests/unit/domain', '!/tests/unit/gateways'],
  ],
  // Stryker would rewrite the references in it through the compiler's old API, which TypeScript 7 does not have.
  tsconfigFile: 'none',
  concurrency: 2,
  // On a busy machine a slow test is no endless loop.
  timeoutMS: 60_000,
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: '.lingkaran/mutation/report.html' },
  jsonReporter: { fileName: '.lingkaran/mutation/report.json' },
  tempDirName: '.lingkaran/stryker',
  thresholds: { high: 95, low: 90, break: 85 },
};
