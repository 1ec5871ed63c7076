/** The parts of a CloudFormation template the engine reads. */
export type Properties = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
}

/** `lingkaran:folder` on functions, `lingkaran:name` on queues, tables, secrets and the state machine. */
export function mark(resource: Resource, key: 'lingkaran:folder' | 'lingkaran:name'): string | undefined {
  const value = resource.Metadata?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** The resources the engine runs something for. */
const RUN = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
  'AWS::StepFunctions::StateMachineAlias',
  'AWS::StepFunctions::StateMachineVersion',
];

/** What a single machine with one operator has no use for: permissions, keys' names, logs, alarms, domains. */
const NOTHING_TO_RUN = [
  'AWS::ApiGatewayV2::Stage',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::XRay::Group',
  'Custom::LogRetention',
];

const KNOWN = new Set([...RUN, ...NOTHING_TO_RUN]);

/** A resource nobody has thought about is never silently left out. */
export function refuseUnknownTypes({ Resources }: Template): void {
  const unknown = Object.entries(Resources).filter(([, { Type }]) => !KNOWN.has(Type));
  if (unknown.length === 0) return;
  const names = unknown.map(([logicalId, { Type }]) => `${Type} (${logicalId})`).join(', ');
  throw new Error(`the embedded engine does not know what to do with ${names}`);
}
