/**
 * The project's own app, and beside it the other stages the tests need: one assembly, so that the functions are bundled
 * once for all. `LINGKARAN_TEST_STAGES` describes them. An update of a stage is the same stack once more, in a part of
 * its own.
 */
import { Stage } from 'aws-cdk-lib';
import { app } from '../../infra/app.ts';
import { LingkaranStack } from '../../infra/stack.ts';
import { DEFAULT_REGION } from '../../infra/stage.ts';
import { type StagePlan, stackNameOf } from './support/plan.ts';

const plans = JSON.parse(process.env.LINGKARAN_TEST_STAGES ?? '{}') as Readonly<Record<string, StagePlan>>;
for (const [part, { name, clock, settings }] of Object.entries(plans))
  new LingkaranStack(new Stage(app, part), {
    env: { region: process.env.LINGKARAN_REGION ?? DEFAULT_REGION },
    stackName: stackNameOf({ name }),
    stage: name,
    settings,
    clock,
    disposable: true,
    bundled: true,
  });
