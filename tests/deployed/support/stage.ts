/** A stage of its own name: deployed, filled with the secrets of the acceptance tests, and taken away again. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cdk, deployAssembly } from '../../../infra/deploy/cdk.ts';
import { deploymentEnvironment, type Environment, isEmulator } from '../../../infra/deploy/endpoint.ts';
import type { ScaledClock } from '../../../shared/clock.ts';
import type { Settings } from '../../../shared/settings.ts';
import { CONFIGURATION } from '../../acceptance/support/system.ts';
import { putSecret, readSecret } from './aws.ts';
import { run } from './run.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

export interface StagePlan {
  readonly name: string;
  readonly settings: Settings;
  /** Real time unless given. */
  readonly clock?: ScaledClock;
  /** How far the time of a partner's signature may be from the stage's. */
  readonly toleranceSeconds?: number;
}

/** What tests are told about the stage they run against. */
export interface DeployedStage {
  readonly name: string;
  readonly url: string;
  readonly operatorToken: string;
  readonly clock: ScaledClock | null;
}

const stackNameOf = (stage: string): string => `Lingkaran-${stage}`;

/** As `npm run deploy` does it, from the project's own app. */
export async function deployStage(plan: StagePlan, folder: string, signal?: AbortSignal): Promise<DeployedStage> {
  const { name, clock, settings } = plan;
  const outputsFile = join(folder, `${name}.json`);
  const environment: Environment = {
    ...process.env,
    LINGKARAN_STAGE: name,
    LINGKARAN_CLOCK: clock && JSON.stringify(clock),
    SETTINGS: JSON.stringify(settings),
  };
  const commandLine = ['infra/deploy/deploy.ts', '-c', 'disposable=true', '--outputs-file', outputsFile];
  await run(process.execPath, commandLine, { environment, folder: PROJECT, signal });
  return readyStage(plan, outputsFile);
}

/** Template and bundles of several stages at once. @returns the folder they are in */
export async function synthesizeStages(
  plans: readonly StagePlan[],
  assembly: string,
  signal?: AbortSignal,
): Promise<string> {
  const environment = { ...deploymentEnvironment(process.env), LINGKARAN_TEST_STAGES: JSON.stringify(plans) };
  const app = 'node tests/deployed/app.ts';
  await cdk(['synth', '--quiet', '--app', app, '--output', assembly], { environment, quiet: true, signal });
  return assembly;
}

export async function deploySynthesized(
  plan: StagePlan,
  assembly: string,
  signal?: AbortSignal,
): Promise<DeployedStage> {
  const environment = deploymentEnvironment(process.env);
  const outputsFile = join(assembly, `${plan.name}.json`);
  const commandLine = [stackNameOf(plan.name), '--outputs-file', outputsFile];
  await deployAssembly(assembly, commandLine, { environment, quiet: true, signal });
  return readyStage(plan, outputsFile);
}

export function destroyStage(name: string, assembly: string, signal?: AbortSignal): Promise<void> {
  const environment = deploymentEnvironment(process.env);
  return cdk(['destroy', '--app', assembly, '--force', stackNameOf(name)], { environment, quiet: true, signal });
}

async function readyStage(plan: StagePlan, outputsFile: string): Promise<DeployedStage> {
  const { ApiUrl } = JSON.parse(readFileSync(outputsFile, 'utf8'))[stackNameOf(plan.name)];
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
