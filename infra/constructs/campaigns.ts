/** Renewal campaigns: their API, their schedules, of which each campaign has its own, and what those start. */
import { type CfnResource, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { accept, mark, NAME_MARK } from '../marks.ts';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { deadLetterQueue } from './queues.ts';

/** An HTTP API gives up after 30 seconds. */
const HTTP_TIMEOUT = Duration.seconds(29);
const NOT_YET_MADE = 'Schedules have no ARN before they are made; the wildcard stays within the group of campaigns.';

export class Campaigns extends Construct {
  readonly serveCampaigns: LingkaranFunction;
  readonly runCampaign: LingkaranFunction;
  /** Keeps a start that could not be delivered, and one whose function failed every time. */
  readonly dead: Queue;
  readonly #group: ScheduleGroup;

  constructor(scope: Construct, id: string, props: Capabilities) {
    super(scope, id);
    // A name made of the place in the app would take the schedules along when the stack moves.
    this.#group = new ScheduleGroup(this, 'Schedules', {
      scheduleGroupName: `${Stack.of(this).stackName}-campaigns`,
      // Schedules are no data: without the functions of the stack they would ring for nobody.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    mark(this.#group, NAME_MARK, 'campaigns');
    this.dead = deadLetterQueue(this, 'campaigns');
    accept(this.dead, 'AwsSolutions-SQS3', 'It is itself where failed starts go: of the scheduler and of Lambda.');
    this.runCampaign = this.#runCampaign(props);
    this.serveCampaigns = this.#serveCampaigns(props);
  }

  #runCampaign({ context, books, queues }: Capabilities): LingkaranFunction {
    const run = new LingkaranFunction(this, 'RunCampaign', {
      ...context,
      folder: 'run-campaign',
      timeout: Duration.minutes(15),
      memoryMegabytes: 1024,
    });
    books.allowTable(run, ['read', 'write'], ['cohort']);
    books.allowReminders(run, ['put']);
    queues.allowSend(run, 'nudges');
    run.live.configureAsyncInvoke({ onFailure: new SqsDestination(this.dead), retryAttempts: 2 });
    this.#allowSchedules(run, ['scheduler:DeleteSchedule']);
    return run;
  }

  /** It opens people, to count whom it could reach, and shows none of them. */
  #serveCampaigns({ context, books, secrets }: Capabilities): LingkaranFunction {
    const serve = new LingkaranFunction(this, 'ServeCampaigns', {
      ...context,
      folder: 'serve-campaigns',
      timeout: HTTP_TIMEOUT,
      memoryMegabytes: 1024,
    });
    books.allowTable(serve, ['read', 'write'], ['cohort']);
    books.allowReminders(serve, ['read']);
    books.allowOpening(serve, ['put']);
    secrets.allowRead(serve, 'operators', 'intake', 'identity', 'messaging');
    this.#allowSchedules(serve, ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule']);
    const starter = this.#starter();
    serve.addToRolePolicy(new PolicyStatement({ actions: ['iam:PassRole'], resources: [starter.roleArn] }));
    serve.addEnvironment('RUN_CAMPAIGN_ARN', this.runCampaign.live.functionArn);
    serve.addEnvironment('CAMPAIGN_STARTER_ARN', starter.roleArn);
    serve.addEnvironment('CAMPAIGNS_DEAD_ARN', this.dead.queueArn);
    return serve;
  }

  #allowSchedules(user: LingkaranFunction, actions: readonly string[]): void {
    const { region, account } = Stack.of(this);
    const group = this.#group.node.defaultChild as CfnResource;
    const schedules = `arn:aws:scheduler:${region}:${account}:schedule/${group.ref}/*`;
    user.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [schedules] }));
    user.addEnvironment('CAMPAIGNS_GROUP', group.ref);
    const accountText = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    const text = `arn:aws:scheduler:${region}:${accountText}:schedule/<${Stack.of(this).getLogicalId(group)}>/*`;
    accept(user.lambda.role!, `AwsSolutions-IAM5[Resource::${text}]`, NOT_YET_MADE);
  }

  /** As whom schedules of this group, and nobody else, start the run. */
  #starter(): Role {
    const starter = new Role(this, 'Starter', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': this.#group.scheduleGroupArn },
        },
      }),
      description: 'Starts run-campaign for the schedules of campaigns',
    });
    mark(starter, NAME_MARK, 'campaigns-starter');
    starter.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.runCampaign.live.functionArn] }),
    );
    this.dead.grant(starter, 'sqs:SendMessage');
    return starter;
  }
}
