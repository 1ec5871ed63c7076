import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ESBUILD_OPTIONS } from '../../infra/constructs/bundling.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = readdirSync(join(ROOT, 'functions'));
const RECEIVE_WEBHOOK_MOST_BYTES = 800_000;
const OTHERS_MOST_BYTES = 1_000_000;

const run = promisify(execFile);
const outdir = mkdtempSync(join(tmpdir(), 'lingkaran-bundles-'));
const sizes = new Map<string, number>();

async function bundle(folder: string): Promise<void> {
  const { metafile } = await build({
    ...ESBUILD_OPTIONS,
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, 'functions', folder, 'handler.ts')],
    outfile: join(outdir, folder, 'index.mjs'),
    metafile: true,
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  sizes.set(folder, output!.bytes);
}

describe('bundles', () => {
  beforeAll(() => Promise.all(FOLDERS.map(bundle)));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it('keep the door light, AWS clients included', () => {
    expect(sizes.get('receive-webhook')).toBeLessThanOrEqual(RECEIVE_WEBHOOK_MOST_BYTES);
  });

  it.each(FOLDERS)('%s loads with no package beside it and is not heavy', async (folder) => {
    expect(sizes.get(folder)).toBeLessThanOrEqual(OTHERS_MOST_BYTES);
    const script = `const { handler } = await import('./${folder}/index.mjs'); console.log(typeof handler)`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: outdir,
      env: { AWS_REGION: 'ap-southeast-3', STAGE: 'development' },
    });
    expect(stdout.trim()).toBe('function');
  });
});
