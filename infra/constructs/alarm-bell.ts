/** The topic alarms go to, and the form every alarm has: what is at stake, and what to do about it. */
import { Alarm, type ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';

export interface AlarmText {
  /** What a donor, a worker or we lose while it lasts. */
  readonly impact: string;
  /** The first thing to do. */
  readonly todo: string;
}

export interface AlarmRule extends AlarmText {
  readonly metric: IMetric;
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
  readonly periods?: number;
  /** Silence itself is the alarm. */
  readonly missingIsBad?: boolean;
}

export class AlarmBell extends Construct {
  readonly topic: Topic;
  readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id);
    const masterKey = new Key(this, 'Key', {
      description: 'Encrypts alarms on their way',
      enableKeyRotation: true,
      removalPolicy: stage.removalPolicy,
    });
    masterKey.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
    this.topic = new Topic(this, 'Topic', { displayName: `Lingkaran ${stage.stage}`, masterKey, enforceSSL: true });
    this.topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
    if (stage.alarmEmail) this.topic.addSubscription(new EmailSubscription(stage.alarmEmail));
  }

  add(id: string, rule: AlarmRule): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `Impact: ${rule.impact} What to do: ${rule.todo}`,
      metric: rule.metric,
      comparisonOperator: rule.comparison,
      threshold: rule.threshold,
      evaluationPeriods: rule.periods ?? 1,
      treatMissingData: rule.missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.alarms.push(alarm);
  }
}
