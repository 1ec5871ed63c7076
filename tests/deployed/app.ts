/**
 * The stages of the tests in one assembly, so that functions are bundled once for all of them. Told by
 * `LINGKARAN_TEST_STAGES`; each is the one definition with properties of its own, as `infra/app.ts` makes it.
 */
import { App } from 'aws-cdk-lib';
import { FEATURE_FLAGS } from '../../infra/feature-flags.ts';
import { LingkaranStack } from '../../infra/stack.ts';
import { DEFAULT_REGION } from '../../infra/stage.ts';
import type { StagePlan } from './support/stage.ts';

const plans = JSON.parse(process.env.LINGKARAN_TEST_STAGES ?? '[]') as StagePlan[];
const app = new App({ context: FEATURE_FLAGS });
for (const { name, clock, settings } of plans)
  new LingkaranStack(app, {
    env: { region: process.env.LINGKARAN_REGION ?? DEFAULT_REGION },
    stage: name,
    settings,
    clock,
    disposable: true,
    bundled: true,
  });
