/** The whole system, put together from its capabilities. It is the only description there is of it. */
import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms, type AlarmsProps } from './constructs/alarms.ts';
import { Allocation } from './constructs/allocation.ts';
import { Books } from './constructs/books.ts';
import type { Capabilities } from './constructs/capabilities.ts';
import { CoverageLifecycle } from './constructs/coverage-lifecycle.ts';
import { DailySchedule } from './constructs/daily-schedule.ts';
import { Overview } from './constructs/dashboard.ts';
import { Ingestion } from './constructs/ingestion.ts';
import { Operations } from './constructs/operations.ts';
import { PublicApi } from './constructs/public-api.ts';
import { PublicPages } from './constructs/public-pages.ts';
import { deadLetterQueue, Queues } from './constructs/queues.ts';
import { Renewal } from './constructs/renewal.ts';
import { Roster } from './constructs/roster.ts';
import { Secrets } from './constructs/secrets.ts';
import { accept } from './marks.ts';
import { type StageOptions, stageOf } from './stage.ts';

export interface LingkaranStackProps extends StackProps, StageOptions {
  readonly bundled: boolean;
}

export class LingkaranStack extends Stack {
  constructor(scope: Construct, { bundled, ...props }: LingkaranStackProps) {
    const stage = stageOf(props);
    super(scope, `Lingkaran-${stage.stage}`, { ...props, description: `Lingkaran, stage ${stage.stage}` });
    Tags.of(this).add('lingkaran:stage', stage.stage);
    const base: Capabilities = {
      context: { stage, bundled },
      books: new Books(this, 'Books', { stage }),
      queues: new Queues(this, 'Queues'),
      secrets: new Secrets(this, 'Secrets', { stage }),
    };
    const ingestion = new Ingestion(this, 'Ingestion', base);
    const allocation = new Allocation(this, 'Allocation', base);
    const lifecycle = new CoverageLifecycle(this, 'CoverageLifecycle', base);
    const renewal = new Renewal(this, 'Renewal', base);
    const roster = new Roster(this, 'Roster', base);
    const operations = new Operations(this, 'Operations', { ...base, lifecycle });
    const { servePublic } = new PublicPages(this, 'PublicPages', base);
    const publicApi = new PublicApi(this, 'PublicApi', { stage, servePublic, ...ingestion, ...operations });

    const { startCohorts } = lifecycle;
    const { sweepOverdue, proveLedger } = operations;
    const schedulesDead = deadLetterQueue(this, 'schedules');
    accept(schedulesDead, 'AwsSolutions-SQS3', 'It is itself where failed starts go: of the scheduler and of Lambda.');
    const daily = { stage, deadLetterQueue: schedulesDead };
    new DailySchedule(this, 'StartCohortsDaily', { ...daily, starts: startCohorts, hour: 0, minute: 5 });
    new DailySchedule(this, 'SweepOverdueDaily', { ...daily, starts: sweepOverdue, hour: 1, minute: 5 });
    new DailySchedule(this, 'ProveLedgerDaily', { ...daily, starts: proveLedger, hour: 2, minute: 5 });

    const watched: AlarmsProps = {
      stage,
      queues: base.queues,
      schedulesDead,
      lifecycle,
      publicApi,
      receiveWebhook: ingestion.receiveWebhook,
      recordPayment: ingestion.recordPayment,
      proveLedger,
      daily: [startCohorts, sweepOverdue, proveLedger],
    };
    const alarms = new Alarms(this, 'Alarms', watched);
    const { receiveWebhook, recordPayment } = ingestion;
    const { allocateFunds, enrolWorkers } = allocation;
    const functions = [
      ...[receiveWebhook, recordPayment, allocateFunds, enrolWorkers, startCohorts, lifecycle.runCoverPhase],
      ...[renewal.sendNudges, sweepOverdue, roster.importWorkers, operations.serveOperators, servePublic, proveLedger],
    ];
    new Overview(this, 'Overview', { ...watched, alarms, functions });
  }
}
