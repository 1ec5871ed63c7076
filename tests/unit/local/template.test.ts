/** biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so */
import { describe, expect, it } from 'vitest';
import { intrinsicsOf } from '../../../infra/local/template/intrinsics.ts';
import { localPlace } from '../../../infra/local/template/place.ts';
import { describeSystem, functionNameIn } from '../../../infra/local/template/system.ts';
import type { Template } from '../../../infra/local/template/template.ts';

const PLACE = localPlace('http://127.0.0.1:1234');

const TEMPLATE: Template = {
  Parameters: { Size: { Default: '5' } },
  Resources: {
    Dead: { Type: 'AWS::SQS::Queue', Metadata: { 'lingkaran:name': 'payments-dead' } },
    Payments: {
      Type: 'AWS::SQS::Queue',
      Metadata: { 'lingkaran:name': 'payments' },
      Properties: {
        VisibilityTimeout: 360,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
      },
    },
    Funds: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true }, Metadata: { 'lingkaran:name': 'funds' } },
    Table: { Type: 'AWS::DynamoDB::Table', Metadata: { 'lingkaran:name': 'table' } },
    Book: {
      Type: 'AWS::Lambda::Function',
      Metadata: { 'lingkaran:folder': 'record-payment' },
      Properties: {
        Code: { S3Bucket: { 'Fn::Sub': 'cdk-${AWS::AccountId}' } },
        Environment: { Variables: { TABLE_NAME: { Ref: 'Table' }, PAYMENTS_QUEUE_URL: { Ref: 'Payments' }, N: 1 } },
        Timeout: 60,
      },
    },
    BookVersion: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Book' } } },
    BookLive: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Book' }, Name: 'live' } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        BatchSize: 10,
        EventSourceArn: { 'Fn::GetAtt': ['Payments', 'Arn'] },
        FunctionName: { 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: 'BookLive' }] }] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Metadata: { 'lingkaran:name': 'coverage-lifecycle' },
      Properties: {
        DefinitionString: {
          'Fn::Join': ['', ['{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"', { Ref: 'BookLive' }, '"}}}']],
        },
      },
    },
  },
};

const intrinsics = intrinsicsOf(TEMPLATE, PLACE);

describe('intrinsic functions', () => {
  it.each([
    [{ Ref: 'AWS::Region' }, 'ap-southeast-3'],
    [{ Ref: 'Size' }, '5'],
    [{ Ref: 'Payments' }, 'http://127.0.0.1:1234/000000000000/lingkaran-payments'],
    [{ Ref: 'Funds' }, 'http://127.0.0.1:1234/000000000000/lingkaran-funds.fifo'],
    [{ 'Fn::GetAtt': ['Funds', 'Arn'] }, 'arn:aws:sqs:ap-southeast-3:000000000000:lingkaran-funds.fifo'],
    [{ 'Fn::GetAtt': 'Funds.QueueName' }, 'lingkaran-funds.fifo'],
    [{ Ref: 'BookLive' }, 'arn:aws:lambda:ap-southeast-3:000000000000:function:lingkaran-record-payment:live'],
    [
      { 'Fn::Sub': '${Book}/${Book.Arn}/${!kept}' },
      'lingkaran-record-payment/arn:aws:lambda:ap-southeast-3:000000000000:function:lingkaran-record-payment/${kept}',
    ],
    [{ 'Fn::Sub': ['${a}-${AWS::Partition}', { a: { Ref: 'Size' } }] }, '5-aws'],
    [{ 'Fn::Join': ['+', ['a', { Ref: 'Size' }, { Ref: 'AWS::NoValue' }]] }, 'a+5'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    [{ list: [{ Ref: 'Size' }], gone: { Ref: 'AWS::NoValue' } }, { list: ['5'] }],
  ])('%j', (value, expected) => {
    expect(intrinsics.resolve(value)).toEqual(expected);
  });

  it('names what it does not know', () => {
    expect(() => intrinsics.resolve({ 'Fn::ImportValue': 'x' })).toThrow('Fn::ImportValue');
    expect(() => intrinsics.resolve({ Ref: 'Nobody' })).toThrow('Nobody');
  });
});

describe('the system a template describes', () => {
  const system = describeSystem(TEMPLATE, PLACE);

  it('has its functions with their environment', () => {
    expect(system.functions).toEqual([
      {
        name: 'lingkaran-record-payment',
        folder: 'record-payment',
        environment: {
          TABLE_NAME: 'lingkaran-table',
          PAYMENTS_QUEUE_URL: 'http://127.0.0.1:1234/000000000000/lingkaran-payments',
          N: '1',
        },
        timeoutSeconds: 60,
        memoryMegabytes: 128,
      },
    ]);
  });

  it('knows the function behind a mapping and behind a state', () => {
    expect(system.mappings[0]).toMatchObject({
      functionName: 'lingkaran-record-payment',
      batchSize: 10,
      partialResponses: true,
    });
    const definition = system.machines[0]?.definition as { States: { A: { Resource: string } } } | undefined;
    expect(functionNameIn(definition?.States.A.Resource)).toBe('lingkaran-record-payment');
  });

  it('keeps the dead-letter queue of a queue', () => {
    const payments = system.queues.find(({ role }) => role === 'payments');
    expect(JSON.parse(payments?.attributes.RedrivePolicy ?? '{}')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:ap-southeast-3:000000000000:lingkaran-payments-dead',
      maxReceiveCount: 5,
    });
  });

  it('refuses a resource nobody has thought about, by name', () => {
    const template = { Resources: { ...TEMPLATE.Resources, Pool: { Type: 'AWS::Cognito::UserPool' } } };
    expect(() => describeSystem(template, PLACE)).toThrow('AWS::Cognito::UserPool (Pool)');
  });
});
