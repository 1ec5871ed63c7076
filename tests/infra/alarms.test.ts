import { afterEach, describe, expect, it, vi } from 'vitest';
import { QUEUE_NAMES } from '../../infra/constructs/queues.ts';
import { FOLDER_MARK } from '../../infra/marks.ts';
import { meterFor } from '../../shared/logger.ts';
import { Design, type Resource } from './template.ts';

const design = new Design({ silenceHours: { midtrans: 6, 'partner:kitabisa': 24 } });
const alarms = design.ofType('AWS::CloudWatch::Alarm');

it('the dashboard shows every function and every queue', () => {
  const [dashboard] = design.ofType('AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboard?.properties.DashboardBody).replaceAll('\\', '');
  const folders = design.functions().map(({ metadata }) => metadata[FOLDER_MARK]);
  expect(folders.length).toBeGreaterThan(15);
  for (const name of [...folders, ...QUEUE_NAMES, ...QUEUE_NAMES.map((name) => `${name}-dead`)])
    expect(body).toContain(`"label":"${name}"`);
});

describe('alarms', () => {
  const watching = (match: (properties: Resource['properties']) => boolean) =>
    alarms.filter(({ properties }) => match(properties)).map(({ properties }) => properties);
  const named = (metric: string) => watching(({ MetricName }) => MetricName === metric);

  it('say what is at stake and what to do, and reach somebody', () => {
    const [topic] = design.ofType('AWS::SNS::Topic');
    expect(alarms.length).toBeGreaterThan(15);
    for (const { properties } of alarms) {
      expect(properties.AlarmDescription).toMatch(/^Impact: .{20,} What to do: .{20,}$/);
      expect(properties.AlarmActions.map((action: string) => design.behind(action))).toEqual([topic]);
    }
  });

  it('ring for every dead letter', () => {
    const dead = named('ApproximateNumberOfMessagesVisible').map(({ Dimensions, Threshold, ComparisonOperator }) => {
      expect([ComparisonOperator, Threshold]).toEqual(['GreaterThanThreshold', 0]);
      return design.nameBehind(Dimensions[0].Value);
    });
    const queues = [
      'payments',
      'funds',
      'enrolments',
      'nudges',
      'imports',
      'files',
      'statements',
      'schedules',
      'campaigns',
    ];
    expect(dead.sort()).toEqual(queues.map((name) => `${name}-dead`).sort());
  });

  it('ring when the oldest message of a queue is late', () => {
    const late = named('ApproximateAgeOfOldestMessage').map(({ Dimensions }) => design.nameBehind(Dimensions[0].Value));
    expect(late.sort()).toEqual(['enrolments', 'files', 'funds', 'imports', 'nudges', 'payments', 'statements']);
  });

  it('ring for every execution that does not end well', () => {
    for (const metric of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'])
      expect(named(metric).map(({ Dimensions }) => design.nameBehind(Dimensions[0].Value))).toEqual([
        'coverage-lifecycle',
      ]);
  });

  it('ring for errors of the door and of the proof', () => {
    const folders = named('Errors').map(({ Dimensions }) => design.nameBehind(Dimensions[0].Value));
    expect(folders.sort()).toEqual(['prove-ledger', 'receive-receipts', 'receive-webhook']);
  });

  it('ring when a daily function does not run at all', () => {
    for (const properties of named('Invocations')) expect(properties.TreatMissingData).toBe('breaching');
    expect(named('Invocations')).toHaveLength(5);
  });

  it('ring for the silence of a gateway, missing data included', () => {
    const silence = named('PaymentsBooked');
    expect(silence.map(({ EvaluationPeriods, Period }) => EvaluationPeriods * Period).sort()).toEqual([21_600, 86_400]);
    for (const properties of silence)
      expect(properties).toMatchObject({
        TreatMissingData: 'breaching',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
      });
  });

  it('ring when a gateway and the books differ, and when no settlement names a payment', () => {
    for (const metric of ['ReconciliationDifferences', 'PaymentsUnsettled']) {
      const [alarm, ...others] = named(metric);
      expect(others).toEqual([]);
      expect(alarm).toMatchObject({
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        Period: 86_400,
        Dimensions: [{ Name: 'service', Value: 'reconcile-gateways' }],
      });
    }
  });

  it('ring when a claim is left open', () => {
    expect(named('ClaimsUnattended')).toMatchObject([
      {
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        Dimensions: [{ Name: 'service', Value: 'sweep-overdue' }],
      },
    ]);
  });

  it.each(['BatchesUnanswered', 'LinesParked'])('ring when an office is silent or not understood: %s', (metric) => {
    expect(named(metric)).toMatchObject([
      {
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        Dimensions: [{ Name: 'service', Value: 'sweep-overdue' }],
      },
    ]);
  });

  describe('of silence', () => {
    afterEach(() => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    });

    it('listen to the metric that record-payment really writes', () => {
      vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'record-payment');
      const lines: string[] = [];
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
      meterFor('record-payment').count('PaymentsBooked', { gateway: 'midtrans' });
      vi.restoreAllMocks();
      const written = JSON.parse(lines[0]!);
      const [{ Namespace, Dimensions }] = written._aws.CloudWatchMetrics;
      const alarm = named('PaymentsBooked').find(({ EvaluationPeriods }) => EvaluationPeriods === 6);
      expect(alarm.Namespace).toBe(Namespace);
      expect(
        Object.fromEntries(alarm.Dimensions.map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value])),
      ).toEqual(Object.fromEntries(Dimensions[0].map((name: string) => [name, written[name]])));
    });
  });
});
