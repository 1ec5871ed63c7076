import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { FEATURE_FLAGS } from '../../infra/feature-flags.ts';
import { LingkaranStack } from '../../infra/stack.ts';
import { SETTINGS } from './template.ts';

describe('cdk-nag', () => {
  it.each([
    { stage: 'development', account: undefined },
    { stage: 'production', account: '123456789012' },
  ])('has nothing against $stage', ({ stage, account }) => {
    const outdir = mkdtempSync(join(tmpdir(), 'lingkaran-nag-'));
    try {
      const app = new App({ outdir, context: FEATURE_FLAGS, analyticsReporting: false });
      const env = { region: 'ap-southeast-3', ...(account ? { account } : {}) };
      new LingkaranStack(app, { stage, settings: SETTINGS, bundled: false, env });
      app.synth();
      expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });
});
