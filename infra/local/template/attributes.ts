/** What `Ref` and `Fn::GetAtt` of each resource answer on this machine. */
import { createHash } from 'node:crypto';
import type { Intrinsics } from './intrinsics.ts';
import { arnOf, type Place } from './place.ts';
import { mark, type Resource } from './template.ts';

export interface Named {
  readonly logicalId: string;
  readonly resource: Resource;
}

/** Names are the same in every data folder, so a folder can move between machines. */
export function localName({ logicalId, resource }: Named): string {
  const role = mark(resource, 'lingkaran:folder') ?? mark(resource, 'lingkaran:name') ?? logicalId;
  const fifo = resource.Type === 'AWS::SQS::Queue' && resource.Properties?.FifoQueue === true;
  return `lingkaran-${role.replaceAll('/', '-')}${fifo ? '.fifo' : ''}`;
}

function keyId({ logicalId }: Named): string {
  const digest = createHash('sha256').update(logicalId).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

type Answer = (named: Named, place: Place, intrinsics: Intrinsics) => string;

const functionArn: Answer = (named, place) => arnOf(place, 'lambda', `function:${localName(named)}`);

function textProperty({ resource }: Named, intrinsics: Intrinsics, name: string): string {
  return String(intrinsics.resolve(resource.Properties?.[name] ?? ''));
}

const ARNS: Readonly<Record<string, Answer>> = {
  'AWS::DynamoDB::GlobalTable': (named, place) => arnOf(place, 'dynamodb', `table/${localName(named)}`),
  'AWS::DynamoDB::Table': (named, place) => arnOf(place, 'dynamodb', `table/${localName(named)}`),
  'AWS::KMS::Key': (named, place) => arnOf(place, 'kms', `key/${keyId(named)}`),
  'AWS::Lambda::Alias': (named, place, intrinsics) => {
    const target = textProperty(named, intrinsics, 'FunctionName').replace(/^arn:.*:function:/, '');
    return arnOf(place, 'lambda', `function:${target}:${textProperty(named, intrinsics, 'Name')}`);
  },
  'AWS::Lambda::Function': functionArn,
  'AWS::Lambda::Version': (named, place, intrinsics) =>
    arnOf(
      place,
      'lambda',
      `function:${textProperty(named, intrinsics, 'FunctionName').replace(/^arn:.*:function:/, '')}:1`,
    ),
  'AWS::S3::Bucket': (named) => `arn:aws:s3:::${localName(named)}`,
  'AWS::SQS::Queue': (named, place) => arnOf(place, 'sqs', localName(named)),
  'AWS::SecretsManager::Secret': (named, place, intrinsics) =>
    arnOf(place, 'secretsmanager', `secret:${secretName(named, intrinsics)}`),
  'AWS::StepFunctions::StateMachine': (named, place) => arnOf(place, 'states', `stateMachine:${localName(named)}`),
};

export function secretName(named: Named, intrinsics: Intrinsics): string {
  return textProperty(named, intrinsics, 'Name') || localName(named);
}

/** Types of which `Ref` is the ARN. */
const REF_IS_ARN = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
]);

export function refOf(named: Named, place: Place, intrinsics: Intrinsics): string {
  const { Type } = named.resource;
  if (Type === 'AWS::SQS::Queue') return `${place.endpoint}/${place.account}/${localName(named)}`;
  if (Type === 'AWS::KMS::Key') return keyId(named);
  if (Type === 'AWS::ApiGatewayV2::Integration') return named.logicalId;
  if (Type.startsWith('AWS::StepFunctions::StateMachine') && Type !== 'AWS::StepFunctions::StateMachine')
    return machineBehind(named, intrinsics);
  const arn = ARNS[Type];
  return arn && REF_IS_ARN.has(Type) ? arn(named, place, intrinsics) : localName(named);
}

/** Versions and aliases of a state machine all stand for the one machine there is here. */
function machineBehind({ resource }: Named, intrinsics: Intrinsics): string {
  const direct = resource.Properties?.StateMachineArn;
  if (direct !== undefined) return String(intrinsics.resolve(direct));
  const routing = intrinsics.resolve(resource.Properties?.RoutingConfiguration) as { StateMachineVersionArn: string }[];
  const preference = intrinsics.resolve(resource.Properties?.DeploymentPreference) as {
    StateMachineVersionArn: string;
  };
  return routing?.[0]?.StateMachineVersionArn ?? preference.StateMachineVersionArn;
}

export function attributeOf(named: Named, attribute: string, place: Place, intrinsics: Intrinsics): string {
  const { Type } = named.resource;
  if (attribute === 'Arn' && Type.startsWith('AWS::StepFunctions::')) {
    const arn = ARNS[Type];
    return arn ? arn(named, place, intrinsics) : machineBehind(named, intrinsics);
  }
  if (attribute === 'Arn')
    return ARNS[Type]?.(named, place, intrinsics) ?? arnOf(place, serviceOf(Type), localName(named));
  if (attribute === 'QueueName' || attribute === 'Name') return localName(named);
  if (attribute === 'KeyId') return keyId(named);
  if (attribute === 'ApiEndpoint') return place.endpoint;
  if (Type === 'AWS::Lambda::Version' && attribute === 'Version') return '1';
  // Attributes of what is not run here (a role's id, a topic's name) only end in other such resources.
  return `${localName(named)}.${attribute}`;
}

function serviceOf(type: string): string {
  return (type.split('::')[1] ?? 'unknown').toLowerCase();
}
