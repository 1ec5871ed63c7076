import { resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** Every kilobyte is read at a cold start, while a gateway waits (pitfall 18). */
const MAXIMUM_BUNDLE_BYTES = 800 * 1024;

it('the webhook function stays light', async () => {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, '../../../functions/receive-webhook/handler.ts')],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    write: false,
    logLevel: 'error',
  });
  expect(outputFiles[0]?.contents.length).toBeLessThan(MAXIMUM_BUNDLE_BYTES);
});
