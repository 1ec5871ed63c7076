/** What a template asks this machine to run, with every reference resolved. */
import { attributeOf, localName, type Named, refOf, secretName } from './attributes.ts';
import { type Intrinsics, intrinsicsOf } from './intrinsics.ts';
import type { Place } from './place.ts';
import type {
  BucketResource,
  FunctionResource,
  LocalSystem,
  MachineResource,
  MappingResource,
  QueueResource,
  RouteResource,
  ScheduleResource,
  SecretResource,
  TableResource,
} from './resources.ts';
import { mark, type Properties, refuseUnknownTypes, type Template } from './template.ts';

interface Found extends Named {
  /** Resolved. */
  readonly properties: Properties;
}

export function describeSystem(template: Template, place: Place): LocalSystem {
  refuseUnknownTypes(template);
  const intrinsics = intrinsicsOf(template, place);
  const reader = new Reader(template, place, intrinsics);
  return {
    functions: reader.all(['AWS::Lambda::Function'], functionOf),
    tables: reader.all(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'], tableOf),
    queues: reader.all(['AWS::SQS::Queue'], (found) => queueOf(found, reader)),
    mappings: reader.all(['AWS::Lambda::EventSourceMapping'], mappingOf).filter((mapping) => mapping !== undefined),
    routes: reader.all(['AWS::ApiGatewayV2::Route'], (found) => routeOf(found, reader)),
    schedules: reader.all(['AWS::Scheduler::Schedule'], scheduleOf).filter((schedule) => schedule !== undefined),
    machines: reader.all(['AWS::StepFunctions::StateMachine'], (found) => machineOf(found, reader)),
    secrets: reader.all(['AWS::SecretsManager::Secret'], (found) => secretOf(found, reader)),
    buckets: reader.all(['AWS::S3::Bucket'], bucketOf),
    keys: reader.all(['AWS::KMS::Key'], (found) => ({ id: reader.ref(found), arn: reader.arn(found) })),
  };
}

class Reader {
  readonly #template: Template;
  readonly #place: Place;
  readonly intrinsics: Intrinsics;

  constructor(template: Template, place: Place, intrinsics: Intrinsics) {
    this.#template = template;
    this.#place = place;
    this.intrinsics = intrinsics;
  }

  all<Result>(types: readonly string[], read: (found: Found) => Result): Result[] {
    return Object.entries(this.#template.Resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([logicalId, resource]) => read(this.#found(logicalId, resource)));
  }

  ref(named: Named): string {
    return refOf(named, this.#place, this.intrinsics);
  }

  arn(named: Named): string {
    return attributeOf(named, 'Arn', this.#place, this.intrinsics);
  }

  integration(logicalId: string): Properties {
    const resource = this.#template.Resources[logicalId];
    if (!resource) throw new Error(`a route targets ${logicalId}, which the template does not define`);
    return this.#found(logicalId, resource).properties;
  }

  #found(logicalId: string, resource: Template['Resources'][string]): Found {
    const { Code: _code, ...rest } = resource.Properties ?? {};
    return { logicalId, resource, properties: this.intrinsics.resolve(rest) as Properties };
  }
}

function functionOf(found: Found): FunctionResource {
  const folder = mark(found.resource, 'lingkaran:folder');
  if (folder === undefined) throw new Error(`function ${found.logicalId} has no lingkaran:folder in its metadata`);
  const variables = (found.properties.Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables;
  const environment = Object.fromEntries(Object.entries(variables ?? {}).map(([key, value]) => [key, String(value)]));
  return {
    name: localName(found),
    folder,
    environment,
    timeoutSeconds: Number(found.properties.Timeout ?? 3),
    memoryMegabytes: Number(found.properties.MemorySize ?? 128),
  };
}

function roleOf(found: Found): string {
  return mark(found.resource, 'lingkaran:name') ?? found.logicalId;
}

function tableOf(found: Found): TableResource {
  return { name: localName(found), role: roleOf(found), properties: found.properties };
}

const QUEUE_ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
];

function queueOf(found: Found, reader: Reader): QueueResource {
  const attributes: Record<string, string> = {};
  for (const name of QUEUE_ATTRIBUTES) {
    const value = found.properties[name];
    if (value !== undefined) attributes[name] = String(value);
  }
  const redrive = found.properties.RedrivePolicy;
  if (redrive) attributes.RedrivePolicy = JSON.stringify(redrive);
  return { name: localName(found), role: roleOf(found), url: reader.ref(found), arn: reader.arn(found), attributes };
}

/** The function's own name in the ARN of it or of its alias, in an invocation address, or before an alias' name. */
export function functionNameIn(arn: unknown): string {
  const text = String(arn);
  const name = (/\bfunction:([\w-]+)/.exec(text) ?? /^([\w-]+)(:[\w-]+)?$/.exec(text))?.[1];
  if (name === undefined) throw new Error(`this names no function: ${arn}`);
  return name;
}

function mappingOf({ properties }: Found): MappingResource | undefined {
  if (properties.Enabled === false) return undefined;
  const responses = (properties.FunctionResponseTypes ?? []) as string[];
  const scaling = properties.ScalingConfig as { MaximumConcurrency?: number } | undefined;
  return {
    functionName: functionNameIn(properties.FunctionName),
    queueArn: String(properties.EventSourceArn),
    batchSize: Number(properties.BatchSize ?? 10),
    partialResponses: responses.includes('ReportBatchItemFailures'),
    maximumConcurrency: scaling?.MaximumConcurrency,
  };
}

function routeOf({ properties }: Found, reader: Reader): RouteResource {
  const logicalId = String(properties.Target).replace(/^integrations\//, '');
  return {
    routeKey: String(properties.RouteKey),
    functionName: functionNameIn(reader.integration(logicalId).IntegrationUri),
  };
}

function scheduleOf({ logicalId, properties }: Found): ScheduleResource | undefined {
  return scheduleFrom(logicalId, properties);
}

/** A schedule as a template or a call describes it, in the same words; undefined where it is switched off. */
export function scheduleFrom(name: string, properties: Properties): ScheduleResource | undefined {
  if (properties.State === 'DISABLED') return undefined;
  const target = properties.Target as {
    readonly Arn: string;
    readonly Input?: string;
    readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number };
    readonly DeadLetterConfig?: { readonly Arn: string };
  };
  return {
    name,
    expression: String(properties.ScheduleExpression),
    timezone: String(properties.ScheduleExpressionTimezone ?? 'UTC'),
    functionName: functionNameIn(target.Arn),
    input: target.Input ?? '{}',
    maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
    deadLetterQueueArn: target.DeadLetterConfig?.Arn,
  };
}

function machineOf(found: Found, reader: Reader): MachineResource {
  const { DefinitionString, Definition, DefinitionSubstitutions } = found.properties;
  const text = DefinitionString === undefined ? JSON.stringify(Definition) : String(DefinitionString);
  const substitutions = (DefinitionSubstitutions ?? {}) as Record<string, unknown>;
  const filled = text.replaceAll(/\$\{(\w+)\}/g, (whole, name) => String(substitutions[name] ?? whole));
  return { name: localName(found), arn: reader.arn(found), definition: JSON.parse(filled) };
}

function secretOf(found: Found, reader: Reader): SecretResource {
  const { properties } = found;
  return { name: secretName(found, reader.intrinsics), arn: reader.arn(found), role: roleOf(found), properties };
}

function bucketOf(found: Found): BucketResource {
  const told = found.properties.NotificationConfiguration as
    | { readonly QueueConfigurations?: readonly { readonly Queue: string }[] }
    | undefined;
  const [configuration] = told?.QueueConfigurations ?? [];
  if (!configuration) throw new Error(`bucket ${found.logicalId} tells no queue of its objects`);
  return { name: localName(found), queueArn: configuration.Queue };
}
