/** The three months of a cover and what comes after: one execution per cohort, its phases one function. */
import { Duration, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type CfnStateMachine, DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { accept, mark, NAME_MARK } from '../marks.ts';
import type { Stage } from '../stage.ts';
import type { Capabilities } from './capabilities.ts';
import { lifecycleDefinition } from './lifecycle-definition.ts';
import { LingkaranFunction } from './lingkaran-function.ts';

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
    books.allowTable(this.runCoverPhase, ['read', 'write'], ['cohort']);
    books.allowReminders(this.runCoverPhase, ['put']);
    queues.allowSend(this.runCoverPhase, 'nudges', 'funds');
    this.machine = this.#machine(context.stage);
    this.#acceptOwnPolicies(this.machine);

    this.startCohorts = new LingkaranFunction(this, 'StartCohorts', {
      ...context,
      folder: 'start-cohorts',
      timeout: Duration.minutes(5),
    });
    books.allowTable(this.startCohorts, ['read', 'write']);
    this.allowStart(this.startCohorts);
  }

  allowStart(user: LingkaranFunction): void {
    const resources = [this.machine.stateMachineArn];
    user.addEnvironment('LIFECYCLE_ARN', this.machine.stateMachineArn);
    user.addToRolePolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources }));
  }

  #acceptOwnPolicies(machine: StateMachine): void {
    const { region, account } = Stack.of(this);
    const logicalId = Stack.of(this).getLogicalId(machine.node.defaultChild as CfnStateMachine);
    // As cdk-nag writes it, which knows references as text only.
    const name = `{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"${logicalId}"}]}]}`;
    const accountText = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    const executions = `arn:aws:states:${region}:${accountText}:execution:${name}`;
    for (const suffix of [':*', '/*:*'])
      accept(machine, `AwsSolutions-IAM5[Resource::${executions}${suffix}]`, EXECUTIONS);
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
