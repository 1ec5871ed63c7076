/** What the tests ask of AWS itself, beside the product's API: secrets, starts, executions, and what is left at the end. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListAliasesCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
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
  const FunctionName = await functionOf(stage, folder);
  const command = new InvokeCommand({ FunctionName, Qualifier: 'live', Payload: '{}' });
  const { FunctionError, Payload } = await new LambdaClient({}).send(command);
  const answer = Payload ? JSON.parse(Buffer.from(Payload).toString()) : null;
  if (FunctionError) throw new Error(`${folder} failed: ${JSON.stringify(answer)}`);
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
  return [...functions, ...machines, ...tables.filter((name) => name.startsWith(prefix)), ...queues, ...secrets];
}
