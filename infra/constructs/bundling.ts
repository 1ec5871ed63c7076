/** How a function's code becomes one file. The AWS SDK goes in: a smaller cold start, and the version we tested. */
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BuildOptions } from 'esbuild';

const TARGET = 'node24';
/** ES modules first, or the SDK comes in its CommonJS form, which cannot be shaken. */
const MAIN_FIELDS = ['module', 'main'];
/** A CommonJS package inside an ES module still calls `require` for the modules of Node. */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

export const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: TARGET,
  minify: true,
  mainFields: MAIN_FIELDS,
  externalModules: [],
  banner: BANNER,
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
  banner: { js: BANNER },
} satisfies BuildOptions;
