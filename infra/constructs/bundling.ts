/** How a function's code becomes one file. The AWS SDK goes in: a smaller cold start, and the version we tested. */
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BuildOptions } from 'esbuild';

const TARGET = 'node24';
/** ES modules first, or the SDK comes in its CommonJS form, which cannot be shaken. */
const MAIN_FIELDS = ['module', 'main'];

export const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: TARGET,
  minify: true,
  mainFields: MAIN_FIELDS,
  externalModules: [],
};

/** The same for esbuild itself. */
export const ESBUILD_OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: TARGET,
  minify: true,
  mainFields: MAIN_FIELDS,
  external: [],
} satisfies BuildOptions;
