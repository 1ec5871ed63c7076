/** Alarms a person is woken by; whoever reads one at night did not build this. */
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../shared/logger.ts';
import type { Stage } from '../stage.ts';
import { AlarmBell } from './alarm-bell.ts';
import type { Campaigns } from './campaigns.ts';
import type { CoverageLifecycle } from './coverage-lifecycle.ts';
import type { DailyRuns } from './daily-runs.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';
import type { PublicApi } from './public-api.ts';
import { pascal, QUEUE_NAMES, QUEUES, type Queues } from './queues.ts';
import type { Renewal } from './renewal.ts';

export interface AlarmsProps {
  readonly stage: Stage;
  readonly queues: Queues;
  readonly daily: DailyRuns;
  readonly campaigns: Campaigns;
  readonly lifecycle: CoverageLifecycle;
  readonly renewal: Renewal;
  readonly publicApi: PublicApi;
  readonly receiveWebhook: LingkaranFunction;
  readonly recordPayment: LingkaranFunction;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);
const DAY = Duration.days(1);
const MORE_THAN = ComparisonOperator.GREATER_THAN_THRESHOLD;
const LESS_THAN = ComparisonOperator.LESS_THAN_THRESHOLD;

export class Alarms extends Construct {
  readonly bell: AlarmBell;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.bell = new AlarmBell(this, 'Bell', props);
    this.#queues(props);
    this.#door(props);
    this.#silence(props);
    this.#lifecycle(props);
    this.#dailyRuns(props);
    this.#proof(props);
    this.#claims(props);
    this.#reconciliation(props);
    this.#registrar(props);
    this.#messages(props);
  }

  #queues({ queues, daily, campaigns }: AlarmsProps): void {
    for (const name of QUEUE_NAMES) {
      const { impact, lateAfter } = QUEUES[name];
      const { queue, dead } = queues.pairs[name];
      this.#dead(name, dead, {
        impact,
        todo: `read the errors of the consumer, mend the cause, then \`lingkaran redrive ${name}\`.`,
      });
      this.bell.add(`${pascal(name)}Late`, {
        metric: queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: Stats.MAXIMUM }),
        comparison: MORE_THAN,
        threshold: lateAfter.toSeconds(),
        periods: 5,
        impact,
        todo: 'see on the dashboard whether the consumer fails, is throttled or is only busy; nothing is lost yet.',
      });
    }
    this.#dead('schedules', daily.dead, {
      impact:
        'A daily run (cohorts, sweeper, proof, reconciliation or donors’ digests) did not happen or failed every time.',
      todo: 'read the log of the function named in the message, then start it by hand; it finds what is due.',
    });
    this.#dead('campaigns', campaigns.dead, {
      impact: 'A renewal campaign was not run on its day or failed every time; its reminders are late.',
      todo: 'read the log of run-campaign; the sweeper runs what is due at 01:05 WIB.',
    });
  }

  #dead(name: string, queue: IQueue, text: { impact: string; todo: string }): void {
    this.bell.add(`${pascal(name)}DeadNotEmpty`, {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: Stats.MAXIMUM }),
      comparison: MORE_THAN,
      threshold: 0,
      ...text,
    });
  }

  #door({ receiveWebhook, publicApi }: AlarmsProps): void {
    this.bell.add('ReceiveWebhookErrors', {
      metric: errors(receiveWebhook),
      comparison: MORE_THAN,
      threshold: 0,
      impact: 'Gateways cannot report gifts; some stop trying after two hours.',
      todo: 'read the errors of receive-webhook; roll the alias `live` back if a deploy came just before.',
    });
    this.bell.add('ReceiveWebhookThrottles', {
      metric: receiveWebhook.live.metricThrottles({ period: FIVE_MINUTES }),
      comparison: MORE_THAN,
      threshold: 0,
      impact: 'Gateways are turned away and must come again; some stop trying after two hours.',
      todo: 'ask for a higher concurrency quota; find out who calls so often.',
    });
    this.bell.add('ApiServerErrors', {
      metric: publicApi.api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      comparison: MORE_THAN,
      threshold: 5,
      impact: 'Gateways, donors or operators get errors from us.',
      todo: 'find the route in the access log, then the function behind it.',
    });
  }

  #silence({ stage, recordPayment }: AlarmsProps): void {
    for (const [gateway, hours] of Object.entries(stage.silenceHours))
      this.bell.add(`Silence-${gateway.replaceAll(':', '-')}`, {
        metric: paymentsBooked(gateway, recordPayment),
        comparison: LESS_THAN,
        threshold: 1,
        periods: hours,
        missingIsBad: true,
        impact: `No gift through ${gateway} has been booked for ${hours} hours; donors may be paying into a void.`,
        todo: 'look at the notification log in the gateway’s dashboard, at 401 answers in the access log, at the queue.',
      });
  }

  #lifecycle({ lifecycle: { machine } }: AlarmsProps): void {
    const text = {
      impact: 'A month of a cohort is not paid on time, or a reminder or the end of its cover is missed.',
      todo: 'open the execution, mend the cause in the failed shard, redrive it; the sweeper catches up at 01:05 WIB.',
    };
    const endings = {
      ExecutionsFailed: machine.metricFailed({ period: FIVE_MINUTES }),
      ExecutionsTimedOut: machine.metricTimedOut({ period: FIVE_MINUTES }),
      ExecutionsAborted: machine.metricAborted({ period: FIVE_MINUTES }),
    };
    for (const [id, metric] of Object.entries(endings))
      this.bell.add(id, { metric, comparison: MORE_THAN, threshold: 0, ...text });
  }

  /** One that did not run is as bad as one that failed. */
  #dailyRuns({ daily, stage }: AlarmsProps): void {
    for (const lambda of daily.functions)
      this.bell.add(`NoRun-${lambda.folder}`, {
        metric: lambda.live.metricInvocations({ period: DAY }),
        comparison: LESS_THAN,
        threshold: 1,
        missingIsBad: true,
        impact: `${lambda.folder} has not run for a day; what is due stays undone.`,
        todo: `see whether its schedule is enabled in stage ${stage.stage}, then start it by hand.`,
      });
  }

  #proof({ daily: { proveLedger } }: AlarmsProps): void {
    this.bell.add('ProofFailed', {
      metric: errors(proveLedger),
      comparison: MORE_THAN,
      threshold: 0,
      impact: 'The books may not add up: money may be lost, doubled or misattributed.',
      todo: 'run `lingkaran proof`, stop the consumers of the funds queue if it names a violation, find the rows.',
    });
  }

  /** Some providers refuse at once, others tell later. */
  #messages({ renewal: { sendNudges, receiveReceipts, mailEvents } }: AlarmsProps): void {
    if (mailEvents)
      this.#dead('mail', mailEvents.dead, {
        impact: 'What SES told of e-mail was not written; an address that bounced may be written to again.',
        todo: 'read the errors of receive-receipts, mend the cause, invoke it with the messages kept there.',
      });
    for (const lambda of [sendNudges, receiveReceipts])
      this.bell.add(`TemplatesRefused-${lambda.folder}`, {
        metric: new Metric({
          namespace: METRICS_NAMESPACE,
          metricName: 'TemplatesRefused',
          dimensionsMap: { service: lambda.folder },
          period: HOUR,
          statistic: Stats.SUM,
        }),
        comparison: MORE_THAN,
        threshold: 0,
        impact: 'A provider refuses the text of a reminder; workers are not told that their cover ends.',
        todo: 'list the reminders with reason `template_refused`, look at the template at the provider, have it approved.',
      });
    this.bell.add('ReceiveReceiptsErrors', {
      metric: errors(receiveReceipts),
      comparison: MORE_THAN,
      threshold: 0,
      impact: 'Whoever replies BERHENTI is not heard, and nobody learns which messages came.',
      todo: 'read the errors of receive-receipts; providers come again for days.',
    });
  }

  /** Nobody is reminded and no cover lapses while a claim is open, so one that is forgotten stays for ever. */
  #claims({ daily: { sweepOverdue } }: AlarmsProps): void {
    this.bell.add('ClaimsUnattended', {
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: 'ClaimsUnattended',
        dimensionsMap: { service: sweepOverdue.folder },
        period: DAY,
        statistic: Stats.MAXIMUM,
      }),
      comparison: MORE_THAN,
      threshold: 0,
      impact: 'Claims are open for more than 30 days: their workers are not reminded, and nobody may be helping them.',
      todo: 'list them with `lingkaran workers list --claim-open true`, have the branch follow up, then report claim_closed.',
    });
  }

  /** Counted once a day; whoever is not registered is not covered, though the money is spent. */
  #registrar({ daily: { sweepOverdue } }: AlarmsProps): void {
    const rule = (metricName: string) => ({
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { service: sweepOverdue.folder },
        period: DAY,
        statistic: Stats.MAXIMUM,
      }),
      comparison: MORE_THAN,
      threshold: 0,
    });
    this.bell.add('BatchesUnanswered', {
      ...rule('BatchesUnanswered'),
      impact: 'The registrar has not answered for three days: workers whose cover is paid for are not covered.',
      todo: 'list them with `lingkaran registrar batches`, ask the office, bring its answers in.',
    });
    this.bell.add('LinesParked', {
      ...rule('LinesParked'),
      impact: 'Answers of the registrar that cannot be believed wait for a day: their workers may not be covered.',
      todo: 'list them with `lingkaran registrar parked`, ask the office, bring better lines or settle them with a note.',
    });
  }

  /** Counted once a day, of all gateways together; the dashboard of metrics has each by itself. */
  #reconciliation({ daily: { reconcileGateways } }: AlarmsProps): void {
    const counted = (metricName: string) =>
      new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { service: reconcileGateways.folder },
        period: DAY,
        statistic: Stats.MAXIMUM,
      });
    this.bell.add('ReconciliationDifferences', {
      metric: counted('ReconciliationDifferences'),
      comparison: MORE_THAN,
      threshold: 0,
      impact: 'What a gateway says of a payment and what our books say differ; nothing was changed in the books.',
      todo: 'run `lingkaran reconcile`, look the payments up at the gateway, settle each difference with a note.',
    });
    this.bell.add('PaymentsUnsettled', {
      metric: counted('PaymentsUnsettled'),
      comparison: MORE_THAN,
      threshold: 0,
      impact: 'Payments we booked are named by no settlement in time; the money may never reach our account.',
      todo: 'run `lingkaran reconcile`; import the gateway’s settlement file if it is missing, else ask the gateway.',
    });
  }
}

function errors(lambda: LingkaranFunction): IMetric {
  return lambda.live.metricErrors({ period: FIVE_MINUTES });
}

/** Whatever a function counts also carries its name. */
export function paymentsBooked(gateway: string, recordPayment: LingkaranFunction): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: 'PaymentsBooked',
    dimensionsMap: { service: recordPayment.folder, gateway },
    period: HOUR,
    statistic: Stats.SUM,
  });
}
