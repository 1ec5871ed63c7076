/** E-mail by SES: who may send it, and what becomes of it told to a function. */

import { Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { CfnConfigurationSet, CfnConfigurationSetEventDestination } from 'aws-cdk-lib/aws-ses';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { accept } from '../marks.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';
import { deadLetterQueue } from './queues.ts';

const IDENTITIES = 'arn:aws:ses:*:*:identity/*';
const CONFIGURATION_SETS = 'arn:aws:ses:*:*:configuration-set/*';

/** From addresses of the domains that were verified for this account, whichever they are. */
export function allowMail(sender: LingkaranFunction): void {
  sender.addToRolePolicy(
    new PolicyStatement({ actions: ['ses:SendEmail'], resources: [IDENTITIES, CONFIGURATION_SETS] }),
  );
  for (const resource of [IDENTITIES, CONFIGURATION_SETS])
    accept(sender, `AwsSolutions-IAM5[Resource::${resource}]`, 'Which domain mail comes from is a setting.');
}

export interface MailEventsProps {
  /** As the settings call it; mail is sent with it. */
  readonly configurationSet: string;
  readonly receiver: LingkaranFunction;
}

const TOLD = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT', 'RENDERING_FAILURE'];

/** Made where the settings name a configuration set. */
export class MailEvents extends Construct {
  /** Keeps what could not be written after every try. */
  readonly dead: Queue;

  constructor(scope: Construct, id: string, { configurationSet, receiver }: MailEventsProps) {
    super(scope, id);
    this.dead = deadLetterQueue(this, 'mail');
    accept(this.dead, 'AwsSolutions-SQS3', 'It is itself where failed events go.');
    const set = new CfnConfigurationSet(this, 'Set', { name: configurationSet });
    const { region, account } = Stack.of(this);
    new CfnConfigurationSetEventDestination(this, 'Destination', {
      configurationSetName: set.ref,
      eventDestination: {
        enabled: true,
        matchingEventTypes: TOLD,
        eventBridgeDestination: { eventBusArn: `arn:aws:events:${region}:${account}:event-bus/default` },
      },
    });
    receiver.live.configureAsyncInvoke({ onFailure: new SqsDestination(this.dead), retryAttempts: 2 });
    new Rule(this, 'Rule', {
      description: 'What became of e-mail of Lingkaran, without anybody’s address',
      eventPattern: {
        source: ['aws.ses'],
        detail: { mail: { tags: { 'ses:configuration-set': [configurationSet] } } },
      },
      targets: [new LambdaFunction(receiver.live, { event: withoutAddresses(), deadLetterQueue: this.dead })],
    });
  }
}

function withoutAddresses(): RuleTargetInput {
  return RuleTargetInput.fromObject({
    kind: 'mail',
    eventType: EventField.fromPath('$.detail.eventType'),
    messageId: EventField.fromPath('$.detail.mail.messageId'),
    reference: EventField.fromPath('$.detail.mail.tags.reference[0]'),
    contact: EventField.fromPath('$.detail.mail.tags.contact[0]'),
    bounceType: EventField.fromPath('$.detail.bounce.bounceType'),
  });
}
