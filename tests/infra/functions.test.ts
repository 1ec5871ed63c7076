import { describe, expect, it } from 'vitest';
import { FOLDER_MARK } from '../../infra/marks.ts';
import { Design } from './template.ts';

const design = new Design();
const FOLDERS = [
  'receive-webhook',
  'record-payment',
  'allocate-funds',
  'enrol-workers',
  'start-cohorts',
  'run-cover-phase',
  'send-nudges',
  'sweep-overdue',
  'import-workers',
  'receive-receipts',
  'check-file',
  'settle-statement',
  'serve-operators',
  'exchange-registrar',
  'serve-public',
  'prove-ledger',
  'reconcile-gateways',
  'digest-donors',
  'run-campaign',
  'serve-campaigns',
];

describe('functions', () => {
  it('are the ones of the design', () => {
    const folders = design.functions().map(({ metadata }) => metadata[FOLDER_MARK]);
    expect(folders.sort()).toEqual([...FOLDERS].sort());
    expect(design.ofType('AWS::Lambda::Function')).toHaveLength(FOLDERS.length);
  });

  it.each(FOLDERS)('%s runs on Node 24 for ARM, is traced, and its log does not last for ever', (folder) => {
    const { properties } = design.named('AWS::Lambda::Function', folder);
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    });
    const log = design.behind(properties.LoggingConfig.LogGroup);
    expect(log.properties.RetentionInDays).toBe(14);
    expect(design.named('AWS::Lambda::Alias', folder).properties.Name).toBe('live');
  });

  it('that take rosters and files in bits keep their young objects few, and no others need to be told', () => {
    const told = design
      .functions()
      .filter(({ properties }) => properties.Environment.Variables.NODE_OPTIONS?.includes('--max-old-space-size=256'))
      .map(({ metadata }) => metadata[FOLDER_MARK]);
    expect(told.sort()).toEqual(['check-file', 'import-workers', 'serve-operators']);
  });

  it('take no concurrency from each other', () => {
    for (const { properties } of design.functions())
      expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});

describe('schedules', () => {
  const TIMES = {
    'start-cohorts': 'cron(5 0 * * ? *)',
    'sweep-overdue': 'cron(5 1 * * ? *)',
    'prove-ledger': 'cron(5 2 * * ? *)',
    'reconcile-gateways': 'cron(0 6 * * ? *)',
    'digest-donors': 'cron(0 10 * * ? *)',
  };

  it.each(Object.entries(TIMES))('start %s by the clock of Jakarta', (folder, expression) => {
    const { properties } = design.named('AWS::Scheduler::Schedule', folder);
    expect(properties).toMatchObject({
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: 'Asia/Jakarta',
      State: 'ENABLED',
    });
    expect(design.behind(properties.Target.Arn).type).toBe('AWS::Lambda::Alias');
    expect(design.behind(properties.Target.Arn).metadata[FOLDER_MARK]).toBe(folder);
    expect(properties.Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 6 * 3600, MaximumRetryAttempts: 10 });
    expect(design.nameBehind(properties.Target.DeadLetterConfig.Arn)).toBe('schedules-dead');
  });

  it('keep a start whose function failed every time', () => {
    const kept = design.ofType('AWS::Lambda::EventInvokeConfig').map(({ properties }) => ({
      folder: design.behind(properties.FunctionName).metadata[FOLDER_MARK],
      queue: design.nameBehind(properties.DestinationConfig.OnFailure.Destination),
    }));
    const places = Object.keys(TIMES).map((folder) => ({ folder, queue: 'schedules-dead' }));
    const campaign = { folder: 'run-campaign', queue: 'campaigns-dead' };
    expect(new Set(kept)).toEqual(new Set([...places, campaign]));
  });

  it('of a stage whose clock runs ahead of the scheduler come as often as its days do', () => {
    const clock = { realEpochMs: 0, stageEpochMs: 0, speed: 288 };
    const expressions = (alarm: 'real' | 'stage') =>
      new Design({ clock: { ...clock, alarms: alarm } })
        .ofType('AWS::Scheduler::Schedule')
        .map(({ properties }) => properties.ScheduleExpression);
    expect(new Set(expressions('real'))).toEqual(new Set(['rate(5 minutes)']));
    expect(expressions('stage').sort()).toEqual(Object.values(TIMES).sort());
  });
});
