/** One screen, read from top to bottom as the money flows. */
import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Alarms, type AlarmsProps, paymentsBooked } from './alarms.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';
import { QUEUE_NAMES } from './queues.ts';

export interface OverviewProps extends AlarmsProps {
  readonly alarms: Alarms;
  readonly functions: Overview['functions'];
}

const PERIOD = Duration.minutes(5);
const FULL_WIDTH = 24;
const HALF_WIDTH = 12;

export class Overview extends Construct {
  /** In the order money meets them. */
  readonly functions: readonly LingkaranFunction[];

  constructor(scope: Construct, id: string, props: OverviewProps) {
    super(scope, id);
    this.functions = props.functions;
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(1) });
    dashboard.addWidgets(
      new TextWidget({ width: FULL_WIDTH, height: 1, markdown: `# Lingkaran ${props.stage.stage}` }),
      new AlarmStatusWidget({ width: FULL_WIDTH, height: 4, title: 'Alarms', alarms: props.alarms.bell.alarms }),
    );
    dashboard.addWidgets(...doorWidgets(props));
    dashboard.addWidgets(...queueWidgets(props));
    dashboard.addWidgets(...functionWidgets(props));
    dashboard.addWidgets(...lifecycleWidgets(props));
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ width: HALF_WIDTH, height: 6, title, left, leftYAxis: { min: 0 } });
}

function doorWidgets({ publicApi: { api }, stage, recordPayment }: OverviewProps): GraphWidget[] {
  const gateways = Object.keys(stage.silenceHours);
  return [
    graph('Requests and refusals', [
      api.metricCount({ period: PERIOD, statistic: Stats.SUM, label: 'requests' }),
      api.metricClientError({ period: PERIOD, statistic: Stats.SUM, label: 'refused' }),
      api.metricServerError({ period: PERIOD, statistic: Stats.SUM, label: 'failed' }),
    ]),
    graph(
      'Payments booked an hour',
      gateways.map((gateway) => paymentsBooked(gateway, recordPayment).with({ label: gateway })),
    ),
  ];
}

function queueWidgets({ queues }: OverviewProps): GraphWidget[] {
  const each = (metric: (name: (typeof QUEUE_NAMES)[number]) => IMetric) => QUEUE_NAMES.map(metric);
  return [
    graph(
      'Seconds the oldest message waits',
      each((name) =>
        queues.pairs[name].queue.metricApproximateAgeOfOldestMessage({
          period: PERIOD,
          statistic: Stats.MAXIMUM,
          label: name,
        }),
      ),
    ),
    graph(
      'Dead letters',
      each((name) =>
        queues.pairs[name].dead.metricApproximateNumberOfMessagesVisible({
          period: PERIOD,
          statistic: Stats.MAXIMUM,
          label: `${name}-dead`,
        }),
      ),
    ),
  ];
}

function functionWidgets({ functions }: OverviewProps): GraphWidget[] {
  return [
    graph(
      'Errors of functions',
      functions.map(({ live, folder }) => live.metricErrors({ period: PERIOD, label: folder })),
    ),
    graph(
      'Milliseconds of functions, 99 of 100',
      functions.map(({ live, folder }) => live.metricDuration({ period: PERIOD, statistic: 'p99', label: folder })),
    ),
  ];
}

function lifecycleWidgets({ lifecycle: { machine } }: OverviewProps): GraphWidget[] {
  return [
    graph('Cohorts', [
      machine.metricStarted({ period: PERIOD, label: 'started' }),
      machine.metricSucceeded({ period: PERIOD, label: 'settled' }),
      machine.metricFailed({ period: PERIOD, label: 'failed' }),
    ]),
  ];
}
