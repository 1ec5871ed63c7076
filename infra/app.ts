/**
 * What the `cdk` command runs. It is told by context (`-c stage=production`) or by the environment:
 * `LINGKARAN_STAGE`, `LINGKARAN_REGION`, `SETTINGS` (JSON), `LINGKARAN_CLOCK` (JSON).
 */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { z } from 'zod';
import { now, type ScaledClock } from '../shared/clock.ts';
import { settings } from '../shared/settings.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { LingkaranStack } from './stack.ts';
import { DEFAULT_REGION } from './stage.ts';

export const app = new App({ context: FEATURE_FLAGS });
const context = (name: string): unknown => app.node.tryGetContext(name) ?? undefined;

const silenceSchema = z.record(z.string(), z.int()).optional();
const emailSchema = z.email().optional();

/** Reading the time is what checks a clock. */
function clockOfEnvironment(): ScaledClock | undefined {
  now();
  return process.env.LINGKARAN_CLOCK ? (JSON.parse(process.env.LINGKARAN_CLOCK) as ScaledClock) : undefined;
}

/** Context given on the command line is text, in cdk.json it may be an object. */
function silenceHours(): Record<string, number> | undefined {
  const given = context('silenceHours');
  return silenceSchema.parse(typeof given === 'string' ? JSON.parse(given) : given);
}

const hours = silenceHours();
new LingkaranStack(app, {
  env: { region: process.env.LINGKARAN_REGION ?? DEFAULT_REGION },
  stage: String(context('stage') ?? process.env.LINGKARAN_STAGE ?? 'development'),
  settings: settings(),
  clock: clockOfEnvironment(),
  disposable: String(context('disposable')) === 'true',
  alarmEmail: emailSchema.parse(context('alarmEmail')),
  ...(hours ? { silenceHours: hours } : {}),
  bundled: true,
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
