/** A stage of its own name: deployed, filled with the secrets of the acceptance tests, and taken away again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, deployAssembly, destroyAssembly, synthesizeInto } from '../../../infra/deploy/cdk.ts';
import { deploymentEnvironment, type Environment, isEmulator } from '../../../infra/deploy/endpoint.ts';
import type { ScaledClock } from '../../../shared/clock.ts';
import { CONFIGURATION } from '../../acceptance/support/system.ts';
import { putSecret, readSecret } from './aws.ts';

export interface StagePlan {
  readonly name: string;
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
  readonly assembly: string;
}

export const stackNameOf = (stage: string): string => `Lingkaran-${stage}`;

function environmentOf({ name, clock }: StagePlan, settings: object): Environment {
  return {
    ...deploymentEnvironment(process.env),
    LINGKARAN_STAGE: name,
    LINGKARAN_CLOCK: clock && JSON.stringify(clock),
    SETTINGS: JSON.stringify(settings),
    NO_COLOR: '1',
  };
}

/** @returns the folder with template and bundles */
export async function synthesizeStage(
  plan: StagePlan,
  folder: string,
  settings: object,
  signal?: AbortSignal,
): Promise<string> {
  const options = { environment: environmentOf(plan, settings), quiet: true, signal };
  await synthesizeInto(folder, ['-c', 'disposable=true'], options);
  return folder;
}

export async function deployStage(plan: StagePlan, assembly: string, signal?: AbortSignal): Promise<DeployedStage> {
  const url = await updateStage(plan.name, assembly, signal);
  await fillGateways(plan);
  const { tokens } = JSON.parse(await readSecret(plan.name, 'operators')) as { tokens: string[] };
  return { name: plan.name, url, operatorToken: tokens[0]!, clock: plan.clock ?? null, assembly };
}

/** @returns the address of its API */
export async function updateStage(stage: string, assembly: string, signal?: AbortSignal): Promise<string> {
  const environment = deploymentEnvironment(process.env);
  const outputsFile = join(assembly, 'outputs.json');
  await deployAssembly(assembly, ['--outputs-file', outputsFile], { environment, quiet: true, signal });
  const { ApiUrl } = JSON.parse(readFileSync(outputsFile, 'utf8'))[stackNameOf(stage)];
  return reachable(ApiUrl, environment);
}

export function destroyStage(assembly: string, signal?: AbortSignal): Promise<void> {
  return destroyAssembly(assembly, { environment: deploymentEnvironment(process.env), quiet: true, signal });
}

/** An empty emulator has nothing yet of what an account is given once. */
export async function prepareAccount(assembly: string, signal?: AbortSignal): Promise<void> {
  const environment = deploymentEnvironment(process.env);
  if (isEmulator(environment)) await bootstrap(assembly, { environment, quiet: true, signal });
}

/** The host of an emulated API has no address of its own: emulators answer for it under a path. */
function reachable(apiUrl: string, environment: Environment): string {
  if (!isEmulator(environment)) return apiUrl;
  const [apiId] = new URL(apiUrl).hostname.split('.');
  return `${environment.AWS_ENDPOINT_URL}/_aws/execute-api/${apiId}/$default`;
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
