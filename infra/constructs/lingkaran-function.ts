/** A Lambda function of ours: its folder is its name, its role is its own, and everything calls its alias `live`. */
import { resolve } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { type IGrantable, type IPrincipal, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Code,
  type IFunction,
  type IVersion,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accept, FOLDER_MARK, mark } from '../marks.ts';
import type { Stage } from '../stage.ts';
import { BUNDLING } from './bundling.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What every construct that makes functions is given. */
export interface FunctionContext {
  readonly stage: Stage;
  /** Without bundles the template says everything but the code, and takes a second. */
  readonly bundled: boolean;
}

export interface LingkaranFunctionProps extends FunctionContext {
  /** Its folder in `functions/`. */
  readonly folder: string;
  readonly timeout: Duration;
  readonly memoryMegabytes?: number;
  /** For functions that make very many objects that die at once. */
  readonly isThrifty?: boolean;
}

/** A third of a virtual CPU: most of what functions do is wait for DynamoDB. */
const DEFAULT_MEMORY_MEGABYTES = 512;
/**
 * By itself V8 keeps the more garbage the greater the machine. Three half-spaces of 16 MiB for the young, and an old
 * space several times what lives: with code and buffers, a quarter of a GiB.
 */
const THRIFTY = '--max-semi-space-size=16 --max-old-space-size=256';

export class LingkaranFunction extends Construct implements IGrantable {
  readonly folder: string;
  readonly lambda: LambdaFunction;
  readonly live: IFunction;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: LingkaranFunctionProps) {
    super(scope, id);
    this.folder = props.folder;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Lingkaran ${props.stage.stage}: ${props.folder}`,
    });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.stage.logRetention,
      removalPolicy: props.stage.removalPolicy,
    });
    logGroup.grantWrite(role);
    this.lambda = this.#lambda(props, role, logGroup);
    this.grantPrincipal = role;
    const version = this.lambda.currentVersion as IVersion;
    this.live = new Alias(this, 'Live', { aliasName: 'live', version }) as IFunction;
    for (const construct of [this.lambda, this.live]) mark(construct, FOLDER_MARK, this.folder);
    accept(role, 'AwsSolutions-IAM5[Resource::*]', 'X-Ray takes no resource: PutTraceSegments, PutTelemetryRecords.');
  }

  addEnvironment(name: string, value: string): void {
    this.lambda.addEnvironment(name, value);
  }

  addToRolePolicy(statement: PolicyStatement): void {
    this.lambda.addToRolePolicy(statement);
  }

  #lambda(props: LingkaranFunctionProps, role: Role, logGroup: LogGroup): LambdaFunction {
    const common = {
      description: `functions/${props.folder}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMegabytes ?? DEFAULT_MEMORY_MEGABYTES,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      environment: environmentOf(props),
      role,
      logGroup,
    };
    if (!props.bundled)
      return new LambdaFunction(this, 'Function', {
        ...common,
        handler: 'index.handler',
        code: Code.fromInline(`// functions/${props.folder}/handler.ts, not bundled`),
      });
    return new NodejsFunction(this, 'Function', {
      ...common,
      entry: resolve(ROOT, 'functions', props.folder, 'handler.ts'),
      projectRoot: ROOT,
      depsLockFilePath: resolve(ROOT, 'package-lock.json'),
      awsSdkConnectionReuse: false,
      bundling: BUNDLING,
    });
  }
}

function environmentOf({ stage: { stage, settings, clock }, isThrifty }: LingkaranFunctionProps) {
  return {
    STAGE: stage,
    SETTINGS: JSON.stringify(settings),
    ...(clock ? { LINGKARAN_CLOCK: JSON.stringify(clock) } : {}),
    ...(isThrifty ? { NODE_OPTIONS: THRIFTY } : {}),
  };
}
