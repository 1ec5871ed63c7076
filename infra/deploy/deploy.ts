/**
 * `npm run deploy`: the one definition onto AWS, or onto the endpoint in `AWS_ENDPOINT_URL`. What `cdk deploy` takes may
 * follow: `npm run deploy -- -c stage=production -c alarmEmail=oncall@example.org`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitArguments, withDisposal } from './arguments.ts';
import { bootstrap, cdk, deployAssembly, synthesizeInto } from './cdk.ts';
import { deploymentEnvironment, type Environment, isEmulator } from './endpoint.ts';

async function deploy(commandLine: readonly string[], environment: Environment): Promise<void> {
  if (!isEmulator(environment)) return cdk(['deploy', '--require-approval', 'never', ...commandLine], { environment });
  // An emulator begins empty each time, so what an account has once and for all is made here.
  const { context, others } = splitArguments(commandLine);
  const assembly = mkdtempSync(join(tmpdir(), 'lingkaran-deploy-'));
  try {
    await synthesizeInto(assembly, withDisposal(context, environment), { environment });
    await bootstrap(assembly, { environment });
    await deployAssembly(assembly, others, { environment });
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

try {
  await deploy(process.argv.slice(2), deploymentEnvironment(process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
