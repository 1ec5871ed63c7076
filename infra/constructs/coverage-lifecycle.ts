/** The three months of a cover and what comes after: one execution per cohort, its phases one function. */
import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type CfnStateMachine, DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { accept, mark, NAME_MARK } from '../marks.ts';
import type { Stage } from '../stage.ts';
import type { Capabilities } from './capabilities.ts';
import { lifecycleDefinition } from './lifecycle-definition.ts';
import { LingkaranFunction } from './lingkaran-function.ts';

/** On the machine, and on its executions. */
const ACTIONS = {
  start: 'states:StartExecution',
  describe: 'states:DescribeExecution',
  redrive: 'states:RedriveExecution',
} as const;
export type LifecycleAccess = keyof typeof ACTIONS;

const EXECUTIONS = 'Executions have no ARN before they are started; the wildcard stays within this state machine.';

export class CoverageLifecycle extends Construct {
  readonly machine: StateMachine;
  readonly startCohorts: LingkaranFunction;
  readonly runCoverPhase: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, queues }: Capabilities) {
    super(scope, id);
    this.runCoverPhase = new LingkaranFunction(this, 'RunCoverPhase', {
      ...context,
      folder: 'run-cover-phase',
      timeout: Duration.minutes(4),
      memoryMegabytes: 1024,
    });
    books.allowTable(this.runCoverPhase, 'read', 'write');
    queues.allowSend(this.runCoverPhase, 'nudges');
    this.machine = this.#machine(context.stage);
    this.#acceptOwnPolicies(this.machine);

    this.startCohorts = new LingkaranFunction(this, 'StartCohorts', {
      ...context,
      folder: 'start-cohorts',
      timeout: Duration.minutes(5),
    });
    books.allowTable(this.startCohorts, 'read', 'write');
    this.allow(this.startCohorts, 'start');
  }

  allow(user: LingkaranFunction, ...access: LifecycleAccess[]): void {
    user.addEnvironment('LIFECYCLE_ARN', this.machine.stateMachineArn);
    const ofMachine = access.filter((name) => name === 'start');
    const ofExecutions = access.filter((name) => name !== 'start');
    if (ofMachine.length > 0) this.#grant(user, ofMachine, this.machine.stateMachineArn);
    if (ofExecutions.length > 0) {
      this.#grant(user, ofExecutions, this.#executionsArn());
      accept(
        user,
        `AwsSolutions-IAM5[Resource::${this.#executionsFinding(`<${this.#logicalId()}.Name>`)}:*]`,
        EXECUTIONS,
      );
    }
  }

  #grant(user: LingkaranFunction, access: LifecycleAccess[], resource: string): void {
    user.addToRolePolicy(new PolicyStatement({ actions: access.map((name) => ACTIONS[name]), resources: [resource] }));
  }

  #executionsArn(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  #logicalId(): string {
    return Stack.of(this).getLogicalId(this.machine.node.defaultChild as CfnStateMachine);
  }

  /** An execution's ARN as cdk-nag writes it, which knows references as text only. */
  #executionsFinding(machineName: string): string {
    const { region, account } = Stack.of(this);
    const accountText = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    return `arn:aws:states:${region}:${accountText}:execution:${machineName}`;
  }

  #acceptOwnPolicies(machine: StateMachine): void {
    const name = `{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"${this.#logicalId()}"}]}]}`;
    for (const suffix of [':*', '/*:*'])
      accept(machine, `AwsSolutions-IAM5[Resource::${this.#executionsFinding(name)}${suffix}]`, EXECUTIONS);
    accept(machine, 'AwsSolutions-IAM5[Resource::*]', 'Log delivery and X-Ray take no resource.');
  }

  #machine(stage: Stage): StateMachine {
    const machine = new StateMachine(this, 'Machine', {
      comment: 'The cover of one cohort, from its first month to its renewal or lapse',
      definitionBody: DefinitionBody.fromChainable(lifecycleDefinition(this, this.runCoverPhase.live)),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'MachineLogs', {
          retention: stage.logRetention,
          removalPolicy: stage.removalPolicy,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
      removalPolicy: stage.removalPolicy,
    });
    mark(machine, NAME_MARK, 'coverage-lifecycle');
    return machine;
  }
}
