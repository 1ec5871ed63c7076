/** A stage of its own name: deployed, filled with the secrets of the acceptance tests, and taken away again. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cdk } from '../../../infra/deploy/cdk.ts';
import { deploymentEnvironment, isEmulator } from '../../../infra/deploy/endpoint.ts';
import type { ScaledClock } from '../../../shared/clock.ts';
import { CONFIGURATION } from '../../acceptance/support/system.ts';
import { putSecret, readSecret } from './aws.ts';
import { type StagePlan, stackNameOf } from './plan.ts';
import { run } from './run.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

/** What tests are told about the stage they run against. */
export interface DeployedStage {
  readonly name: string;
  readonly url: string;
  readonly operatorToken: string;
  readonly clock: ScaledClock | null;
}

/** A stage that is made and waits to be deployed. */
export interface SynthesizedStage {
  readonly plan: StagePlan;
  readonly assembly: string;
  /** Its name in the assembly. */
  readonly part: string;
}

/**
 * As `npm run deploy` does it: template, bundles, bootstrap, stack. The other stages, by the part they are found under,
 * are only made.
 */
export async function deployStage(
  plan: StagePlan,
  others: Readonly<Record<string, StagePlan>>,
  assembly: string,
  signal?: AbortSignal,
): Promise<DeployedStage> {
  const { name, clock, settings } = plan;
  const environment = {
    ...process.env,
    LINGKARAN_STAGE: name,
    LINGKARAN_CLOCK: clock && JSON.stringify(clock),
    SETTINGS: JSON.stringify(settings),
    LINGKARAN_TEST_STAGES: JSON.stringify(others),
  };
  const outputsFile = join(assembly, 'outputs.json');
  const what = ['--app', 'node tests/deployed/app.ts', '--output', assembly, '-c', 'disposable=true'];
  const commandLine = ['infra/deploy/deploy.ts', ...what, stackNameOf(plan), '--outputs-file', outputsFile];
  await run(process.execPath, commandLine, { environment, folder: PROJECT, signal });
  return readyStage(plan, outputsFile);
}

/** A new stage, or an update of one that was deployed before. */
export async function deploySynthesized(stage: SynthesizedStage, signal?: AbortSignal): Promise<DeployedStage> {
  const { plan, assembly, part } = stage;
  const outputsFile = join(assembly, `${part}.json`);
  const how = ['--require-approval', 'never', '--outputs-file', outputsFile];
  await quietly(['deploy', '--app', assembly, ...how, nameIn(stage)], signal);
  return readyStage(plan, outputsFile);
}

export function destroyStage(stage: SynthesizedStage, signal?: AbortSignal): Promise<void> {
  return quietly(['destroy', '--app', stage.assembly, '--force', nameIn(stage)], signal);
}

function nameIn({ plan, part }: SynthesizedStage): string {
  return `${part}/${stackNameOf(plan)}`;
}

function quietly(commandLine: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  return cdk(commandLine, { environment: deploymentEnvironment(process.env), quiet: true, signal });
}

async function readyStage(plan: StagePlan, outputsFile: string): Promise<DeployedStage> {
  const { ApiUrl } = JSON.parse(readFileSync(outputsFile, 'utf8'))[stackNameOf(plan)];
  await fillGateways(plan);
  const { tokens } = JSON.parse(await readSecret(plan.name, 'operators')) as { tokens: string[] };
  return { name: plan.name, url: reachable(ApiUrl), operatorToken: tokens[0]!, clock: plan.clock ?? null };
}

/** The host of an emulated API has no address of its own: emulators answer for it under a path. */
function reachable(apiUrl: string): string {
  if (!isEmulator(process.env)) return apiUrl;
  const [apiId] = new URL(apiUrl).hostname.split('.');
  return `${process.env.AWS_ENDPOINT_URL}/_aws/execute-api/${apiId}/$default`;
}

async function fillGateways({ name, toleranceSeconds }: StagePlan): Promise<void> {
  const { midtrans, partner } = CONFIGURATION.gateways;
  const partners = Object.entries(partner).map(([partnerName, section]) => [
    partnerName,
    { ...section, ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }) },
  ]);
  await putSecret(name, 'gateways/midtrans', midtrans);
  await putSecret(name, 'gateways/partner', Object.fromEntries(partners));
}
