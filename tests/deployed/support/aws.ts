/** What the tests ask of AWS itself, beside the product's API: secrets, starts, executions, and what is left at the end. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';

const secretIdOf = (stage: string, name: string): string => `lingkaran/${stage}/${name}`;
const prefixOf = (stage: string): string => `Lingkaran-${stage}-`;

export async function putSecret(stage: string, name: string, value: unknown): Promise<void> {
  const command = { SecretId: secretIdOf(stage, name), SecretString: JSON.stringify(value) };
  await new SecretsManagerClient({}).send(new PutSecretValueCommand(command));
}

export async function readSecret(stage: string, name: string): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: secretIdOf(stage, name) });
  const { SecretString } = await new SecretsManagerClient({}).send(command);
  return SecretString ?? '';
}

async function functionsOf(stage: string) {
  const lambda = new LambdaClient({});
  const found = [];
  let Marker: string | undefined;
  do {
    const page = await lambda.send(new ListFunctionsCommand(Marker ? { Marker } : {}));
    found.push(...(page.Functions ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return found.filter(({ FunctionName = '' }) => FunctionName.startsWith(prefixOf(stage)));
}

async function functionOf(stage: string, folder: string): Promise<string> {
  const found = (await functionsOf(stage)).find(({ Description }) => Description === `functions/${folder}`);
  if (!found?.FunctionName) throw new Error(`stage ${stage} has no function ${folder}`);
  return found.FunctionName;
}

/** Starts the function as its schedule does, without waiting for the time. */
export async function start(stage: string, folder: string): Promise<unknown> {
  return invoke({ FunctionName: await functionOf(stage, folder), Qualifier: 'live', Payload: '{}' });
}

async function invoke(call: InvokeCommandInput): Promise<unknown> {
  const { FunctionError, Payload } = await new LambdaClient({}).send(new InvokeCommand(call));
  const answer = Payload ? JSON.parse(Buffer.from(Payload).toString()) : null;
  if (FunctionError) throw new Error(`${call.FunctionName} failed: ${JSON.stringify(answer)}`);
  return answer;
}

/** The version that the alias `live` of the function points at. */
export async function liveVersion(stage: string, folder: string): Promise<number> {
  const FunctionName = await functionOf(stage, folder);
  const { Aliases = [] } = await new LambdaClient({}).send(new ListAliasesCommand({ FunctionName }));
  return Number(Aliases.find(({ Name }) => Name === 'live')?.FunctionVersion);
}

async function stateMachinesOf(stage: string) {
  const { stateMachines = [] } = await new SFNClient({}).send(new ListStateMachinesCommand({}));
  return stateMachines.filter(({ name = '' }) => name.startsWith(prefixOf(stage)));
}

/** The executions of the cohorts, by name. */
export async function executionsOf(stage: string): Promise<Map<string, string>> {
  const [machine] = await stateMachinesOf(stage);
  const command = new ListExecutionsCommand({ stateMachineArn: machine?.stateMachineArn });
  const { executions = [] } = await new SFNClient({}).send(command);
  return new Map(executions.map(({ name = '', status = '' }) => [name, status]));
}

async function scheduleGroupsOf(stage: string): Promise<string[]> {
  const command = new ListScheduleGroupsCommand({ NamePrefix: prefixOf(stage) });
  const { ScheduleGroups = [] } = await new SchedulerClient({}).send(command);
  return ScheduleGroups.map(({ Name = '' }) => Name);
}

/** The schedules that were made while the stage ran, by name. */
export async function schedulesMade(stage: string): Promise<string[]> {
  const [GroupName] = await scheduleGroupsOf(stage);
  const { Schedules = [] } = await new SchedulerClient({}).send(new ListSchedulesCommand({ GroupName }));
  return Schedules.map(({ Name = '' }) => Name);
}

/** Starts what the schedule starts, with what it hands over. */
export async function startAsScheduled(stage: string, Name: string): Promise<unknown> {
  const [GroupName] = await scheduleGroupsOf(stage);
  const { Target } = await new SchedulerClient({}).send(new GetScheduleCommand({ Name, GroupName }));
  if (!Target?.Arn || !Target.Input) throw new Error(`schedule ${Name} starts nothing`);
  return invoke({ FunctionName: Target.Arn, Payload: Target.Input });
}

/** Whatever of a stage is still there. */
export async function resourcesOf(stage: string): Promise<string[]> {
  const prefix = prefixOf(stage);
  const functions = (await functionsOf(stage)).map(({ FunctionName = '' }) => FunctionName);
  const machines = (await stateMachinesOf(stage)).map(({ name = '' }) => name);
  const { TableNames: tables = [] } = await new DynamoDBClient({}).send(
    new ListTablesCommand({ ExclusiveStartTableName: prefix }),
  );
  const { QueueUrls: queues = [] } = await new SQSClient({}).send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
  const { SecretList = [] } = await new SecretsManagerClient({}).send(
    new ListSecretsCommand({ Filters: [{ Key: 'name', Values: [secretIdOf(stage, '')] }] }),
  );
  const secrets = SecretList.map(({ Name = '' }) => Name);
  const groups = await scheduleGroupsOf(stage);
  const ours = tables.filter((name) => name.startsWith(prefix));
  return [...functions, ...machines, ...ours, ...queues, ...secrets, ...groups];
}
