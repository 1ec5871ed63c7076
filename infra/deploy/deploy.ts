/**
 * `npm run deploy`: the one definition onto AWS, or onto the endpoint in `AWS_ENDPOINT_URL`. What `cdk deploy` takes may
 * follow: `npm run deploy -- -c stage=production -c alarmEmail=oncall@example.org`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitArguments, withDisposal } from './arguments.ts';
import { cdk } from './cdk.ts';
import { deploymentEnvironment, type Environment, isEmulator } from './endpoint.ts';

const UNATTENDED = ['--require-approval', 'never'];

async function deploy(commandLine: readonly string[], environment: Environment): Promise<void> {
  if (isEmulator(environment)) return deployToEmulator(commandLine, environment);
  return cdk(['deploy', ...UNATTENDED, ...commandLine], { environment });
}

/** An emulator begins empty each time, so what an account has once and for all is made here. */
async function deployToEmulator(commandLine: readonly string[], environment: Environment): Promise<void> {
  const { context, app, output, others } = splitArguments(commandLine);
  const assembly = output ?? mkdtempSync(join(tmpdir(), 'lingkaran-deploy-'));
  try {
    const contextArguments = withDisposal(context, environment).flatMap((pair) => ['-c', pair]);
    const appArguments = app === undefined ? [] : ['--app', app];
    await cdk(['synth', '--quiet', '--output', assembly, ...appArguments, ...contextArguments], { environment });
    await cdk(['bootstrap', '--app', assembly], { environment });
    await cdk(['deploy', ...UNATTENDED, '--app', assembly, ...others], { environment });
  } finally {
    if (output === undefined) rmSync(assembly, { recursive: true, force: true });
  }
}

try {
  await deploy(process.argv.slice(2), deploymentEnvironment(process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
