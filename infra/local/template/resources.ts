/** The resources of a template that are run here. */
import type { Properties } from './template.ts';

export interface FunctionResource {
  readonly name: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}
export interface TableResource {
  readonly name: string;
  readonly role: string;
  readonly properties: Properties;
}
export interface QueueResource {
  readonly name: string;
  readonly role: string;
  readonly url: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}
export interface MappingResource {
  readonly functionName: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly partialResponses: boolean;
  readonly maximumConcurrency: number | undefined;
}
export interface RouteResource {
  readonly routeKey: string;
  readonly functionName: string;
}
export interface ScheduleResource {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string;
  readonly functionName: string;
  readonly input: string;
  readonly maximumRetryAttempts: number;
  /** Keeps a start that failed every time. */
  readonly deadLetterQueueArn: string | undefined;
}
export interface BucketResource {
  readonly name: string;
  /** Which queue hears of new objects. */
  readonly queueArn: string;
}
export interface MachineResource {
  readonly name: string;
  readonly arn: string;
  readonly definition: unknown;
}
export interface SecretResource {
  readonly name: string;
  readonly arn: string;
  /** The name the design gives it, e.g. `gateways/midtrans`. */
  readonly role: string;
  /** `SecretString` or `GenerateSecretString`; neither where somebody else brings the value. */
  readonly properties: Properties;
}

export interface LocalSystem {
  readonly functions: readonly FunctionResource[];
  readonly tables: readonly TableResource[];
  readonly queues: readonly QueueResource[];
  readonly mappings: readonly MappingResource[];
  readonly routes: readonly RouteResource[];
  readonly schedules: readonly ScheduleResource[];
  readonly machines: readonly MachineResource[];
  readonly secrets: readonly SecretResource[];
  readonly buckets: readonly BucketResource[];
  /** Ids and ARNs of the encryption keys. */
  readonly keys: readonly { readonly id: string; readonly arn: string }[];
}
