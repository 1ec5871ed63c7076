import { describe, expect, it } from 'vitest';
import { NAME_MARK } from '../../infra/marks.ts';
import { Design } from './template.ts';

const design = new Design();
const DEADS = ['payments', 'funds', 'enrolments', 'nudges', 'imports', 'files', 'statements'];

describe('tables', () => {
  it.each(['table', 'vault'])('%s survives mistakes and is sealed with its own key', (name) => {
    const { properties } = design.named('AWS::DynamoDB::Table', name);
    expect(properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    const key = design.behind(properties.SSESpecification.KMSMasterKeyId);
    expect(key.properties.EnableKeyRotation).toBe(true);
  });

  it('share no key', () => {
    const keys = design
      .ofType('AWS::DynamoDB::Table')
      .map(({ properties }) => properties.SSESpecification.KMSMasterKeyId);
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(2);
  });

  it('the books have the three indexes, the vault has none', () => {
    const { properties } = design.named('AWS::DynamoDB::Table', 'table');
    // biome-ignore lint/suspicious/noExplicitAny: JSON of the template
    const indexes = properties.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }: any) => [
      IndexName,
      ...KeySchema.map(({ AttributeName }: { AttributeName: string }) => AttributeName),
      Projection.ProjectionType,
    ]);
    expect(indexes).toEqual([
      ['cohort', 'cohortKey', 'cohortSort', 'KEYS_ONLY'],
      ['waiting', 'waitingKey', 'waitingSort', 'ALL'],
      ['due', 'dueKey', 'dueSort', 'KEYS_ONLY'],
    ]);
    expect(design.named('AWS::DynamoDB::Table', 'vault').properties).not.toHaveProperty('GlobalSecondaryIndexes');
  });
});

describe('queues', () => {
  it('are the ones of the design', () => {
    const names = design.ofType('AWS::SQS::Queue').map(({ metadata }) => metadata[NAME_MARK]);
    const deads = [...DEADS, 'schedules', 'campaigns'].map((name) => `${name}-dead`);
    expect(names.sort()).toEqual([...DEADS, ...deads].sort());
  });

  it.each(DEADS)('%s gives up after five receives into a queue of its own and of its kind', (name) => {
    const { properties } = design.named('AWS::SQS::Queue', name);
    const dead = design.behind(properties.RedrivePolicy.deadLetterTargetArn);
    expect(dead.metadata[NAME_MARK]).toBe(`${name}-dead`);
    expect(properties.RedrivePolicy.maxReceiveCount).toBe(5);
    expect(dead.properties.FifoQueue).toEqual(properties.FifoQueue);
    expect(dead.properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it('only funds is ordered, each fund on its own and as fast as it can', () => {
    const fifo = design.ofType('AWS::SQS::Queue').filter(({ properties }) => properties.FifoQueue);
    expect(fifo.map(({ metadata }) => metadata[NAME_MARK]).sort()).toEqual(['funds', 'funds-dead']);
    for (const { properties } of fifo)
      expect(properties).toMatchObject({
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      });
  });

  it('are encrypted and refuse plain HTTP', () => {
    const queues = design.ofType('AWS::SQS::Queue');
    const guarded = design
      .ofType('AWS::SQS::QueuePolicy')
      .filter(({ properties }) => JSON.stringify(properties).includes('"aws:SecureTransport":"false"'))
      .flatMap(({ properties }) => properties.Queues.map((queue: string) => design.behind(queue)));
    expect(new Set(guarded)).toEqual(new Set(queues));
    for (const { properties } of queues) expect(properties.SqsManagedSseEnabled).toBe(true);
  });
});

describe('the bucket of files', () => {
  const { properties, raw } = design.named('AWS::S3::Bucket', 'files');

  it('is private, encrypted with a key of its own, keeps every version, and outlives the stack', () => {
    expect(properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const [{ ServerSideEncryptionByDefault: sealed }] = properties.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(sealed.SSEAlgorithm).toBe('aws:kms');
    expect(design.behind(sealed.KMSMasterKeyID).metadata[NAME_MARK]).toBe('files-key');
    expect(properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(raw.DeletionPolicy).toBe('Retain');
  });

  it('refuses plain HTTP', () => {
    const [policy] = design.ofType('AWS::S3::BucketPolicy');
    expect(JSON.stringify(policy?.properties)).toContain('"aws:SecureTransport":"false"');
  });

  it('tells the queue of files of what comes in, which takes it from the object store of this account alone', () => {
    const [told] = properties.NotificationConfiguration.QueueConfigurations;
    expect(design.nameBehind(told.Queue)).toBe('files');
    expect(told.Filter.S3Key.Rules).toEqual([{ Name: 'prefix', Value: 'inbox/' }]);
    const mayTell = design
      .ofType('AWS::SQS::QueuePolicy')
      .flatMap(({ properties: { PolicyDocument } }) => PolicyDocument.Statement)
      .filter(({ Principal }) => Principal?.Service === 's3.amazonaws.com');
    expect(mayTell).toHaveLength(1);
    expect(mayTell[0].Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
  });
});

describe('consumers', () => {
  const mappings = design.ofType('AWS::Lambda::EventSourceMapping');
  const BATCHES = { payments: 10, funds: 10, enrolments: 5, nudges: 5, imports: 1, files: 1, statements: 1 };

  it('are one for each queue, with the batch of the design', () => {
    const batches = mappings.map(({ properties }) => [
      design.nameBehind(properties.EventSourceArn),
      properties.BatchSize,
    ]);
    expect(Object.fromEntries(batches)).toEqual(BATCHES);
    expect(mappings).toHaveLength(Object.keys(BATCHES).length);
  });

  it('are called through the alias and hand back failed records alone', () => {
    for (const { properties, metadata } of mappings) {
      const alias = design.behind(properties.FunctionName);
      expect(alias.properties.Name).toBe('live');
      expect(alias.metadata).toEqual(metadata);
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('have six times their timeout before a record is seen again', () => {
    for (const { properties } of mappings) {
      const queue = design.behind(properties.EventSourceArn);
      const consumer = design.behind(design.behind(properties.FunctionName).properties.FunctionName);
      const least = 6 * consumer.properties.Timeout + (properties.MaximumBatchingWindowInSeconds ?? 0);
      expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(least);
    }
  });
});

describe('secrets', () => {
  const secrets = design.ofType('AWS::SecretsManager::Secret');

  it('are found by the prefix of the stage', () => {
    for (const { properties, metadata } of secrets)
      expect(properties.Name).toBe(`lingkaran/development/${metadata[NAME_MARK]}`);
  });

  it('carry no value of their own in the template', () => {
    const values = secrets.flatMap(({ properties }) => (properties.SecretString ? [properties.SecretString] : []));
    expect(values.map((value) => JSON.stringify(value))).toSatisfy((texts: string[]) =>
      texts.every((text) => text.includes('{{resolve:secretsmanager:')),
    );
  });

  it('of gateways are empty until somebody fills them', () => {
    for (const name of ['gateways/midtrans', 'gateways/partner']) {
      const { properties } = design.named('AWS::SecretsManager::Secret', name);
      expect(properties).not.toHaveProperty('GenerateSecretString');
      expect(properties).not.toHaveProperty('SecretString');
    }
  });
});
