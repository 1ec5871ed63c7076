/**
 * What the code of a function calls, reads and looks up, against what the template gives it: a permission that nobody
 * remembered would show on AWS only.
 */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { ESBUILD_OPTIONS } from '../../infra/constructs/bundling.ts';
import { Design, type Resource } from './template.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = readdirSync(join(ROOT, 'functions'));

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GetCommand: ['dynamodb:GetItem'],
  BatchGetCommand: ['dynamodb:BatchGetItem'],
  QueryCommand: ['dynamodb:Query'],
  ScanCommand: ['dynamodb:Scan'],
  PutCommand: ['dynamodb:PutItem'],
  UpdateCommand: ['dynamodb:UpdateItem'],
  DeleteCommand: ['dynamodb:DeleteItem'],
  TransactWriteCommand: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'],
  SendMessageCommand: ['sqs:SendMessage'],
  SendMessageBatchCommand: ['sqs:SendMessage'],
  GetQueueAttributesCommand: ['sqs:GetQueueAttributes'],
  GetQueueUrlCommand: ['sqs:GetQueueUrl'],
  StartMessageMoveTaskCommand: ['sqs:StartMessageMoveTask'],
  GetSecretValueCommand: ['secretsmanager:GetSecretValue'],
  GetObjectCommand: ['s3:GetObject', 'kms:Decrypt'],
  PutObjectCommand: ['s3:PutObject', 'kms:GenerateDataKey'],
  StartExecutionCommand: ['states:StartExecution'],
  CreateScheduleCommand: ['scheduler:CreateSchedule', 'iam:PassRole'],
  DeleteScheduleCommand: ['scheduler:DeleteSchedule'],
  GenerateDataKeyCommand: ['kms:GenerateDataKey'],
  DecryptCommand: ['kms:Decrypt'],
  SendEmailCommand: ['ses:SendEmail'],
};
/** Comes with `shared/store/vault.ts` into every function that uses any part of it. */
const CARRIED_BY_VAULT = [
  'dynamodb:DeleteItem',
  'kms:GenerateDataKey',
  'kms:Decrypt',
  'secretsmanager:GetSecretValue',
  'SECRETS_PREFIX',
];
const VARIABLES = [
  'TABLE_NAME',
  'REMINDERS_TABLE_NAME',
  'VAULT_TABLE_NAME',
  'VAULT_KEY_ID',
  'LIFECYCLE_ARN',
  'SECRETS_PREFIX',
  'FILES_BUCKET',
  'PUBLIC_URL',
  'CAMPAIGNS_GROUP',
  'RUN_CAMPAIGN_ARN',
  'CAMPAIGN_STARTER_ARN',
  'CAMPAIGNS_DEAD_ARN',
].concat(
  ['PAYMENTS', 'FUNDS', 'ENROLMENTS', 'NUDGES', 'IMPORTS', 'FILES', 'STATEMENTS'].map((name) => `${name}_QUEUE_URL`),
);

interface Code {
  readonly text: string;
  readonly usesVault: boolean;
}

const design = new Design();
const codes = new Map<string, Code>();

/** Only our own modules, without their packages; unused functions fall away as they do in the deployed bundle. */
async function codeOf(folder: string): Promise<Code> {
  const { outputFiles, metafile } = await build({
    ...ESBUILD_OPTIONS,
    minify: false,
    packages: 'external',
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, 'functions', folder, 'handler.ts')],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const [{ inputs } = { inputs: {} }] = Object.values(metafile.outputs);
  return { text: outputFiles[0]!.text, usesVault: 'shared/store/vault.ts' in inputs };
}

function calledBy({ text }: Code): Set<string> {
  const commands = [...text.matchAll(/new (\w+Command)\(/g)].map(([, name = '']) => name);
  return new Set(commands.flatMap((name) => ACTIONS[name] ?? [`unknown ${name}`]));
}

function indexesIn({ text }: Code): Set<string> {
  return new Set([...text.matchAll(/IndexName: "(\w+)"/g)].map(([, name]) => `table/${name}`));
}

function variablesIn({ text }: Code): Set<string> {
  return new Set(VARIABLES.filter((name) => new RegExp(`\\b${name}\\b`).test(text)));
}

function without(needed: Iterable<string>, given: Iterable<string>): string[] {
  const known = new Set(given);
  return [...needed].filter((name) => !known.has(name));
}

function missing(needed: Iterable<string>, given: Iterable<string>, { usesVault }: Code): string[] {
  return without(needed, usesVault ? [...given, ...CARRIED_BY_VAULT] : given);
}

function lambdaOf(folder: string): Resource {
  return design.named('AWS::Lambda::Function', folder);
}

function statementsOf(folder: string) {
  return design.statementsOf(design.behind(lambdaOf(folder).properties.Role)).filter(({ condition }) => !condition);
}

beforeAll(async () => {
  for (const folder of FOLDERS) codes.set(folder, await codeOf(folder));
});

describe.each(FOLDERS)('%s', (folder) => {
  it('may call what it calls', () => {
    const code = codes.get(folder)!;
    const allowed = statementsOf(folder).flatMap(({ actions }) => actions);
    expect(missing(calledBy(code), allowed, code)).toEqual([]);
  });

  it('may query the indexes it queries, and no others', () => {
    const allowed = statementsOf(folder)
      .flatMap(({ resources }) => resources.map((resource) => design.nameBehind(resource)))
      .filter((name) => name.startsWith('table/'));
    expect(new Set(allowed)).toEqual(indexesIn(codes.get(folder)!));
  });

  it('is told the variables it reads, and no others', () => {
    const code = codes.get(folder)!;
    const told = Object.keys(lambdaOf(folder).properties.Environment.Variables);
    expect(missing(variablesIn(code), told, code)).toEqual([]);
    expect(without(told, [...variablesIn(code), 'STAGE', 'SETTINGS', 'NODE_OPTIONS'])).toEqual([]);
  });
});
