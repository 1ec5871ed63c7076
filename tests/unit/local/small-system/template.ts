/** A system small enough to start in a test, with one of everything the engine runs. */
import type { Template } from '../../../../infra/local/template/template.ts';

const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const keys = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};
const environment = {
  Variables: { NOTES_TABLE: { Ref: 'Table' }, JOBS_URL: { Ref: 'Jobs' }, MACHINE_ARN: { Ref: 'Machine' } },
};

function lambda(folder: string) {
  return {
    Type: 'AWS::Lambda::Function',
    Metadata: { 'lingkaran:folder': folder },
    Properties: { Environment: environment, Timeout: 30 },
  };
}

const DEFINITION = {
  StartAt: 'Until spring',
  States: {
    'Until spring': { Type: 'Wait', TimestampPath: '$.at', Next: 'Note' },
    Note: {
      Type: 'Task',
      Resource: 'arn:aws:lambda:ap-southeast-3:000000000000:function:lingkaran-note:live',
      Parameters: { note: 'execution' },
      End: true,
    },
  },
};

export const SMALL_TEMPLATE: Template = {
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', Metadata: { 'lingkaran:name': 'table' }, Properties: keys },
    Vault: { Type: 'AWS::DynamoDB::Table', Metadata: { 'lingkaran:name': 'vault' }, Properties: keys },
    JobsDead: { Type: 'AWS::SQS::Queue', Metadata: { 'lingkaran:name': 'jobs-dead' } },
    Jobs: {
      Type: 'AWS::SQS::Queue',
      Metadata: { 'lingkaran:name': 'jobs' },
      Properties: { RedrivePolicy: { deadLetterTargetArn: arn('JobsDead'), maxReceiveCount: 5 } },
    },
    Work: lambda('work'),
    Note: lambda('note'),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: arn('Jobs'),
        FunctionName: arn('Work'),
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Integration: { Type: 'AWS::ApiGatewayV2::Integration', Properties: { IntegrationUri: arn('Note') } },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        RouteKey: 'POST /notes/{proxy+}',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      },
    },
    Daily: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'cron(5 0 * * ? *)',
        ScheduleExpressionTimezone: 'Asia/Jakarta',
        Target: { Arn: arn('Note'), Input: '{"note":"<aws.scheduler.scheduled-time>"}' },
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Metadata: { 'lingkaran:name': 'machine' },
      Properties: { Definition: DEFINITION },
    },
    Operators: {
      Type: 'AWS::SecretsManager::Secret',
      Metadata: { 'lingkaran:name': 'operators' },
      Properties: { SecretString: '{"tokens":["token"]}' },
    },
  },
};
