/** What is started every day at a time of Jakarta: cohorts, the sweeper, the proof, reconciliation, donors' digests. */
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { accept } from '../marks.ts';
import type { Stage } from '../stage.ts';
import { DailySchedule } from './daily-schedule.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';
import { deadLetterQueue } from './queues.ts';

export interface DailyRunsProps {
  readonly stage: Stage;
  readonly startCohorts: LingkaranFunction;
  readonly sweepOverdue: LingkaranFunction;
  readonly proveLedger: LingkaranFunction;
  readonly reconcileGateways: LingkaranFunction;
  readonly digestDonors: LingkaranFunction;
}

export class DailyRuns extends Construct {
  readonly dead: Queue;
  readonly functions: readonly LingkaranFunction[];
  readonly sweepOverdue: LingkaranFunction;
  readonly proveLedger: LingkaranFunction;
  readonly reconcileGateways: LingkaranFunction;

  constructor(scope: Construct, id: string, props: DailyRunsProps) {
    super(scope, id);
    const { stage, startCohorts, sweepOverdue, proveLedger, reconcileGateways, digestDonors } = props;
    this.functions = [startCohorts, sweepOverdue, proveLedger, reconcileGateways, digestDonors];
    this.sweepOverdue = sweepOverdue;
    this.proveLedger = proveLedger;
    this.reconcileGateways = reconcileGateways;
    this.dead = deadLetterQueue(this, 'schedules');
    accept(this.dead, 'AwsSolutions-SQS3', 'It is itself where failed starts go: of the scheduler and of Lambda.');
    const common = { stage, deadLetterQueue: this.dead, minute: 5 };
    new DailySchedule(this, 'StartCohorts', { ...common, starts: startCohorts, hour: 0 });
    new DailySchedule(this, 'SweepOverdue', { ...common, starts: sweepOverdue, hour: 1 });
    new DailySchedule(this, 'ProveLedger', { ...common, starts: proveLedger, hour: 2 });
    new DailySchedule(this, 'ReconcileGateways', { ...common, starts: reconcileGateways, hour: 6, minute: 0 });
    // When people read their mail.
    new DailySchedule(this, 'DigestDonors', { ...common, starts: digestDonors, hour: 10, minute: 0 });
  }
}
