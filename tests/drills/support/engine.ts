/** The engine as `npm start` starts it, with something wrong: see `drill.ts`. */
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { readyLine, startEngine, templateOf } from '../../../infra/local/engine.ts';
import { readCommandLine, readConfigurationFile } from '../../../infra/local/options.ts';
import type { Template } from '../../../infra/local/template/template.ts';
import type { Configuration } from '../../../shared/settings.ts';
import { changedFunction, currentDrill, type Drill } from './drill.ts';

const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../../functions');
const RELEASES_FOLDER = resolve(import.meta.dirname, '../releases');

/** The functions of the repository, one of them replaced, in a folder beside the data. */
function functionsFolder({ changed }: Drill, data: string): string {
  if (!changed) return FUNCTIONS_FOLDER;
  const folder = `${data}-functions`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(FUNCTIONS_FOLDER))
    symlinkSync(
      name === changedFunction() ? join(RELEASES_FOLDER, changed.release) : join(FUNCTIONS_FOLDER, name),
      join(folder, name),
    );
  return folder;
}

/** The template of the repository after somebody switched schedules off. */
async function template(configuration: Configuration, { schedulesOff = [] }: Drill) {
  const whole = structuredClone(await templateOf(configuration)) as Template;
  const switchedOff = Object.values(whole.Resources).filter(
    ({ Type, Metadata }) =>
      Type === 'AWS::Scheduler::Schedule' && schedulesOff.includes(String(Metadata?.['lingkaran:folder'])),
  );
  if (switchedOff.length !== schedulesOff.length) throw new Error(`not every one of ${schedulesOff} has a schedule`);
  for (const { Properties } of switchedOff) Object.assign(Properties ?? {}, { State: 'DISABLED' });
  return whole;
}

async function abortExecutions(): Promise<void> {
  const client = new SFNClient({});
  const stateMachineArn = process.env.LIFECYCLE_ARN;
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
  );
  if (executions.length === 0) throw new Error('no execution runs that could be stopped');
  for (const { executionArn } of executions) await client.send(new StopExecutionCommand({ executionArn }));
}

const drill = currentDrill();
const { data, port, config, startMilliseconds } = readCommandLine(process.argv.slice(2));
if (config === undefined || startMilliseconds === undefined) throw new Error('give --config and --now');
const engine = await startEngine(
  { data, port, speed: 0, startMilliseconds, configuration: readConfigurationFile(config) },
  { functionsFolder: functionsFolder(drill, data), template: (configuration) => template(configuration, drill) },
);
if (drill.abortExecutions) await abortExecutions();
console.log(readyLine(engine));
process.on('SIGTERM', () => engine.stop().then(() => process.exit(0)));
