/** The template, made in this process: no account, no network, no bundles, about a second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { LingkaranStack } from './stack.ts';
import { DEFAULT_REGION, type StageOptions } from './stage.ts';

export interface SynthesizeOptions extends StageOptions {
  readonly region?: string;
}

export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, CloudFormationResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export function synthesize({ region = DEFAULT_REGION, ...options }: SynthesizeOptions): CloudFormationTemplate {
  const outdir = mkdtempSync(join(tmpdir(), 'lingkaran-synthesis-'));
  try {
    const app = new App({ outdir, context: FEATURE_FLAGS, analyticsReporting: false });
    const stack = new LingkaranStack(app, { ...options, bundled: false, env: { region } });
    return app.synth().getStackByName(stack.stackName).template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
