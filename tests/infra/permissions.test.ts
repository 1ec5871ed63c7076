import { describe, expect, it } from 'vitest';
import { FOLDER_MARK } from '../../infra/marks.ts';
import { GATEWAY_SECTIONS } from '../../shared/settings.ts';
import { Design, type Resource } from './template.ts';

const design = new Design();

const CONSUME = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];
const SEND = ['sqs:SendMessage'];
const LOOK_AND_SEND = ['sqs:GetQueueAttributes', ...SEND];
const REDRIVE = [
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ListMessageMoveTasks',
  'sqs:ReceiveMessage',
  'sqs:StartMessageMoveTask',
];
/** What CDK lets Lambda do with the place for failed asynchronous calls. */
const FAILED_STARTS = { 'schedules-dead': ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', ...SEND] };

const READ = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
const PUT = ['dynamodb:PutItem'];
const WRITE = ['dynamodb:ConditionCheckItem', ...PUT, 'dynamodb:UpdateItem'];
const DELETE = ['dynamodb:DeleteItem'];
const SCAN = ['dynamodb:Scan'];
const INDEX = ['dynamodb:Query'];

const OPEN = ['kms:Decrypt'];
const SEAL = ['kms:GenerateDataKey', ...OPEN];
const FIND = ['dynamodb:BatchGetItem', 'dynamodb:GetItem'];
const SECRET = ['secretsmanager:GetSecretValue'];
const GATEWAYS = Object.fromEntries(Object.keys(GATEWAY_SECTIONS).map((section) => [`gateways/${section}`, SECRET]));
const START = ['states:StartExecution'];
const MAIL = ['ses:SendEmail'];

/** Everything each function may do, but write its own log and trace, and have DynamoDB use the key of its table. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'receive-webhook': { payments: SEND, intake: SECRET, ...GATEWAYS },
  'record-payment': {
    payments: CONSUME,
    table: [...READ, ...WRITE],
    vault: PUT,
    'vault/SHARDKEY#*': FIND,
    'vault/DONORCONTACT#*': FIND,
    'vault-key': SEAL,
    funds: SEND,
    files: SEND,
    intake: SECRET,
    identity: SECRET,
    ...GATEWAYS,
  },
  'allocate-funds': {
    funds: [...CONSUME, ...SEND],
    table: [...READ, ...WRITE, ...DELETE],
    'table/waiting': INDEX,
    'table/cohort': INDEX,
    enrolments: SEND,
  },
  'enrol-workers': { enrolments: [...CONSUME, ...SEND], table: [...READ, ...WRITE], funds: SEND },
  'start-cohorts': { table: [...READ, ...WRITE], 'coverage-lifecycle': START, ...FAILED_STARTS },
  'run-cover-phase': {
    table: [...READ, ...WRITE],
    'table/cohort': INDEX,
    reminders: PUT,
    nudges: SEND,
    funds: SEND,
  },
  'send-nudges': {
    nudges: [...CONSUME, ...SEND],
    table: READ,
    reminders: [...READ, ...WRITE],
    vault: [...READ, ...PUT],
    'vault-key': OPEN,
    messaging: SECRET,
    intake: SECRET,
    identity: SECRET,
  },
  'receive-receipts': {
    nudges: SEND,
    table: READ,
    reminders: PUT,
    'vault/SUPPRESSIONS': [...READ, ...PUT],
    messaging: SECRET,
    identity: SECRET,
  },
  'sweep-overdue': {
    table: [...READ, ...WRITE],
    reminders: [...READ, ...PUT],
    'table/cohort': INDEX,
    'table/due': INDEX,
    payments: SEND,
    funds: SEND,
    enrolments: SEND,
    nudges: SEND,
    files: SEND,
    'coverage-lifecycle': START,
    ...FAILED_STARTS,
  },
  'import-workers': {
    imports: CONSUME,
    table: [...READ, ...WRITE],
    vault: PUT,
    'vault/SHARDKEY#*': FIND,
    'vault/NIK#*': FIND,
    'vault-key': SEAL,
    funds: SEND,
    intake: SECRET,
    identity: SECRET,
  },
  'serve-operators': {
    table: [...READ, ...WRITE, ...SCAN],
    reminders: [...READ, ...SCAN],
    'vault/SUPPRESSIONS': [...READ, ...PUT],
    payments: LOOK_AND_SEND,
    funds: LOOK_AND_SEND,
    enrolments: LOOK_AND_SEND,
    nudges: LOOK_AND_SEND,
    imports: LOOK_AND_SEND,
    files: LOOK_AND_SEND,
    statements: LOOK_AND_SEND,
    'payments-dead': REDRIVE,
    'funds-dead': REDRIVE,
    'enrolments-dead': REDRIVE,
    'nudges-dead': REDRIVE,
    'imports-dead': REDRIVE,
    'files-dead': REDRIVE,
    'statements-dead': REDRIVE,
    'files/inbox': ['s3:PutObject'],
    'files-key': SEAL,
    operators: SECRET,
    intake: SECRET,
  },
  'exchange-registrar': {
    table: [...READ, ...WRITE],
    'table/due': INDEX,
    vault: [...READ, ...PUT],
    'vault/SHARDKEY#*': ['dynamodb:GetItem'],
    'vault-key': SEAL,
    enrolments: SEND,
    operators: SECRET,
    intake: SECRET,
  },
  'run-campaign': {
    table: [...READ, ...WRITE],
    'table/cohort': INDEX,
    reminders: PUT,
    nudges: SEND,
    campaigns: ['scheduler:DeleteSchedule'],
    'campaigns-dead': ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', ...SEND],
  },
  'serve-campaigns': {
    table: [...READ, ...WRITE],
    'table/cohort': INDEX,
    vault: [...READ, ...PUT],
    'vault-key': OPEN,
    reminders: READ,
    operators: SECRET,
    intake: SECRET,
    identity: SECRET,
    messaging: SECRET,
    campaigns: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'],
    'campaigns-starter': ['iam:PassRole'],
  },
  'check-file': {
    files: CONSUME,
    'files/inbox': ['s3:GetObject'],
    'files-key': OPEN,
    table: [...READ, ...WRITE],
    statements: SEND,
    intake: SECRET,
  },
  'settle-statement': { statements: CONSUME, table: [...READ, ...WRITE], payments: SEND, intake: SECRET },
  'serve-public': {
    table: [...READ, ...WRITE],
    vault: PUT,
    'vault/SHARDKEY#*': FIND,
    'vault/DONORCONTACT#*': FIND,
    'vault-key': SEAL,
    funds: SEND,
    identity: SECRET,
    intake: SECRET,
    'gateways/midtrans': SECRET,
  },
  'prove-ledger': { table: SCAN, ...FAILED_STARTS },
  'digest-donors': {
    table: [...READ, ...WRITE],
    'table/cohort': INDEX,
    vault: [...READ, ...PUT],
    'vault-key': OPEN,
    reminders: READ,
    identity: SECRET,
    messaging: SECRET,
    'arn:aws:ses:*:*:identity/*': MAIL,
    'arn:aws:ses:*:*:configuration-set/*': MAIL,
    ...FAILED_STARTS,
  },
  'reconcile-gateways': {
    table: [...READ, ...WRITE],
    'table/due': INDEX,
    payments: SEND,
    'gateways/xendit': SECRET,
    intake: SECRET,
    ...FAILED_STARTS,
  },
};

const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const TRACES = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];

function isOwn(actions: readonly string[]): boolean {
  return actions.every((action) => LOGS.includes(action) || TRACES.includes(action));
}

interface Condition {
  readonly StringEquals?: { readonly 'kms:ViaService': string };
  readonly 'ForAllValues:StringLike'?: { readonly 'dynamodb:LeadingKeys': readonly string[] };
}

/** The rows of a table it is for, by how their keys begin; all of them unless it says so. */
function rowsOf(condition: Condition | undefined): string[] {
  const prefixes = condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  return prefixes ? [prefixes].flat().map((prefix) => `/${prefix}`) : [''];
}

function permissionsOf(lambda: Resource): Record<string, string[]> {
  const granted = new Map<string, Set<string>>();
  for (const { actions, resources, condition } of design.statementsOf(design.behind(lambda.properties.Role))) {
    const bound = condition as Condition | undefined;
    if (bound?.StringEquals || isOwn(actions)) continue;
    const names = resources.map((resource) => design.nameBehind(resource));
    for (const name of names.flatMap((table) => rowsOf(bound).map((rows) => `${table}${rows}`)))
      granted.set(name, new Set([...(granted.get(name) ?? []), ...actions]));
  }
  return sorted(Object.fromEntries(granted));
}

function sorted(permissions: Readonly<Record<string, Iterable<string>>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(permissions).map(([name, actions]) => [name, [...actions].sort()]));
}

function lambdaOf(folder: string): Resource {
  return design.named('AWS::Lambda::Function', folder);
}

describe('permissions', () => {
  it('are said here for every function', () => {
    expect(design.functions().map(({ metadata }) => metadata[FOLDER_MARK])).toSatisfy((folders: string[]) =>
      folders.every((folder) => folder in EXPECTED),
    );
  });

  it.each(Object.keys(EXPECTED))('of %s are these and no others', (folder) => {
    expect(permissionsOf(lambdaOf(folder))).toEqual(sorted(EXPECTED[folder]!));
  });

  it('are held by a role that no other function has', () => {
    const roles = design.functions().map(({ properties }) => design.behind(properties.Role));
    expect(new Set(roles).size).toBe(roles.length);
    for (const { properties } of roles) expect(properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('of a function reach its own log only', () => {
    for (const lambda of design.functions()) {
      const own = design.behind(lambda.properties.LoggingConfig.LogGroup);
      const logs = design
        .statementsOf(design.behind(lambda.properties.Role))
        .filter(({ actions }) => actions.some((action) => action.startsWith('logs:')));
      expect(logs.flatMap(({ resources }) => resources.map((resource) => design.behind(resource)))).toEqual([own]);
    }
  });

  it('that a condition binds are on keys for DynamoDB alone, and on rows of the vault', () => {
    const bound = design
      .functions()
      .flatMap(({ properties }) => design.statementsOf(design.behind(properties.Role)))
      .filter(({ condition }) => condition);
    expect(bound.length).toBeGreaterThan(0);
    for (const { condition, actions } of bound)
      if (actions.some((action) => action.startsWith('kms:')))
        expect(condition).toEqual({ StringEquals: { 'kms:ViaService': 'dynamodb.ap-southeast-3.amazonaws.com' } });
      else expect(condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': expect.anything() } });
  });

  it('to open people are those of the functions that write to them, count whom one can reach, hand them to the registrar', () => {
    const mayRead = Object.keys(EXPECTED).filter((folder) =>
      permissionsOf(lambdaOf(folder)).vault?.some((action) => READ.includes(action)),
    );
    expect(mayRead.sort()).toEqual(['digest-donors', 'exchange-registrar', 'send-nudges', 'serve-campaigns']);
  });
});

describe('environment', () => {
  /** Each variable stands for a resource the function must be allowed to use, and the other way round. */
  const NEEDS: Readonly<Record<string, (permissions: Record<string, string[]>) => boolean>> = {
    TABLE_NAME: (may) => 'table' in may,
    REMINDERS_TABLE_NAME: (may) => 'reminders' in may,
    VAULT_TABLE_NAME: (may) => 'vault' in may || 'vault/SUPPRESSIONS' in may,
    VAULT_KEY_ID: (may) => 'vault-key' in may,
    PAYMENTS_QUEUE_URL: (may) => may.payments?.includes('sqs:SendMessage') ?? false,
    FUNDS_QUEUE_URL: (may) => may.funds?.includes('sqs:SendMessage') ?? false,
    ENROLMENTS_QUEUE_URL: (may) => may.enrolments?.includes('sqs:SendMessage') ?? false,
    NUDGES_QUEUE_URL: (may) => may.nudges?.includes('sqs:SendMessage') ?? false,
    FILES_QUEUE_URL: (may) => may.files?.includes('sqs:SendMessage') ?? false,
    STATEMENTS_QUEUE_URL: (may) => may.statements?.includes('sqs:SendMessage') ?? false,
    FILES_BUCKET: (may) => 'files/inbox' in may,
    IMPORTS_QUEUE_URL: (may) => may.imports?.includes('sqs:SendMessage') ?? false,
    LIFECYCLE_ARN: (may) => 'coverage-lifecycle' in may,
    CAMPAIGNS_GROUP: (may) => 'campaigns' in may,
    RUN_CAMPAIGN_ARN: (may) => may.campaigns?.includes('scheduler:CreateSchedule') ?? false,
    CAMPAIGN_STARTER_ARN: (may) => 'campaigns-starter' in may,
    CAMPAIGNS_DEAD_ARN: (may) => may.campaigns?.includes('scheduler:CreateSchedule') ?? false,
    SECRETS_PREFIX: (may) => Object.values(may).flat().includes('secretsmanager:GetSecretValue'),
  };

  it.each(Object.keys(EXPECTED))('of %s names what it may use and nothing else', (folder) => {
    const lambda = lambdaOf(folder);
    const permissions = permissionsOf(lambda);
    const expected = Object.keys(NEEDS).filter((name) => NEEDS[name]!(permissions));
    const told = Object.keys(lambda.properties.Environment.Variables);
    const variables = told.filter((name) => name !== 'NODE_OPTIONS' && name !== 'PUBLIC_URL');
    expect(variables.sort()).toEqual([...expected, 'SETTINGS', 'STAGE'].sort());
  });
});
