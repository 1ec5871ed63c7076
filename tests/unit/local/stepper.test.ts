/** Executions across a simulated restart: a second engine on the rows the first one left. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Activity } from '../../../infra/local/activity.ts';
import { Alarms } from '../../../infra/local/alarms.ts';
import { executionService } from '../../../infra/local/aws/execution-service.ts';
import { type Database, openDatabase } from '../../../infra/local/database.ts';
import type { Json } from '../../../infra/local/lifecycle/definition.ts';
import { Executions } from '../../../infra/local/lifecycle/executions.ts';
import { StageClock } from '../../../infra/local/stage-clock.ts';
import { Timekeeper } from '../../../infra/local/timekeeper.ts';

const MACHINE = 'arn:aws:states:ap-southeast-3:000000000000:stateMachine:m';
const WORK = 'arn:aws:lambda:ap-southeast-3:000000000000:function:work:live';
const START = Date.parse('2026-12-01T00:00:00Z');

const work = (phase: string, next?: string) => ({
  Type: 'Map',
  ItemsPath: '$.shards',
  ItemSelector: { 'cohort.$': '$.cohort', phase, 'shard.$': '$$.Map.Item.Value', 'run.$': '$$.Execution.Name' },
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
    StartAt: 'One',
    States: {
      One: {
        Type: 'Task',
        Resource: WORK,
        Retry: [{ ErrorEquals: ['Transient'], MaxAttempts: 2, IntervalSeconds: 30 }],
        End: true,
      },
    },
  },
  MaxConcurrency: 50,
  ToleratedFailurePercentage: 0,
  ResultPath: null,
  ...(next ? { Next: next } : { End: true }),
});
const until = (time: string, next: string) => ({ Type: 'Wait', TimestampPath: `$.at['${time}']`, Next: next });

const LIFECYCLE = {
  StartAt: 'Begin',
  States: {
    Begin: { Type: 'Pass', Next: 'Runs' },
    Runs: {
      Type: 'Parallel',
      ResultPath: null,
      Branches: [
        {
          StartAt: 'Until month 2',
          States: { 'Until month 2': until('month-2', 'Month 2'), 'Month 2': work('month-2') },
        },
        {
          StartAt: 'Is there a reminder?',
          States: {
            'Is there a reminder?': {
              Type: 'Choice',
              Choices: [{ Variable: "$.at['T-7']", IsPresent: true, Next: 'Until T-7' }],
              Default: 'None',
            },
            'Until T-7': until('T-7', 'Remind'),
            Remind: work('T-7'),
            None: { Type: 'Succeed' },
          },
        },
      ],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
};

const INPUT = {
  cohort: 'c1',
  shards: [{ shard: 0 }, { shard: 1 }],
  at: { 'month-2': '2027-01-01T00:00:00Z', 'T-7': '2027-02-20T00:00:00Z' },
};

let database: Database;
let calls: Json[];
let respond: (input: Json) => Json;
let engines: { clock: StageClock; timekeeper: Timekeeper }[];

beforeEach(() => {
  database = openDatabase();
  calls = [];
  engines = [];
  respond = () => ({ ok: true });
});
afterEach(() => {
  for (const { clock, timekeeper } of engines) {
    timekeeper.stop();
    clock.stop();
  }
  database.close();
});

function engineFor(definition: unknown) {
  const activity = new Activity();
  const clock = new StageClock({ database, startMilliseconds: START });
  const executions = new Executions({
    machines: [{ name: 'm', arn: MACHINE, definition }],
    database,
    activity,
    now: () => clock.now(),
    call: async (_, input) => {
      calls.push(input);
      return respond(input);
    },
  });
  const timekeeper = new Timekeeper(clock, new Alarms([executions]), activity);
  engines.push({ clock, timekeeper });
  const service = executionService(executions, database, () => clock.now());
  const ask = async (operation: string, input: Record<string, unknown>) => (await service[operation]?.(input))?.body;
  const start = (name: string, input: unknown) =>
    ask('StartExecution', { stateMachineArn: MACHINE, name, input: JSON.stringify(input) });
  const describeIt = (name: string) =>
    ask('DescribeExecution', { executionArn: `${MACHINE.replace('stateMachine', 'execution')}:${name}` });
  return { executions, timekeeper, clock, ask, start, describeIt };
}

async function runAtOnce(States: Record<string, unknown>, StartAt: string, input: unknown) {
  const engine = engineFor({ StartAt, States });
  await engine.start('x', input);
  await engine.timekeeper.drain();
  return engine.describeIt('x');
}

const failing = (name: string, message = 'no') => {
  throw Object.assign(new Error(message), { name });
};
const phases = () => calls.map((call) => (call as { phase: string }).phase);

describe('an execution with branches that wait', () => {
  it('goes on after a restart in the middle of its waits', async () => {
    const before = engineFor(LIFECYCLE);
    await before.start('cover-1', INPUT);
    await before.timekeeper.advanceTo(Date.parse('2027-01-15T00:00:00Z'));
    expect(calls).toEqual([
      { cohort: 'c1', phase: 'month-2', shard: { shard: 0 }, run: 'cover-1' },
      { cohort: 'c1', phase: 'month-2', shard: { shard: 1 }, run: 'cover-1' },
    ]);
    before.executions.stop();

    const after = engineFor(LIFECYCLE);
    after.executions.resume();
    await after.timekeeper.drain();
    expect(calls).toHaveLength(2);
    expect(await after.describeIt('cover-1')).toMatchObject({ status: 'RUNNING' });
    await after.timekeeper.advanceTo(Date.parse('2027-02-20T00:00:00Z'));
    expect(phases()).toEqual(['month-2', 'month-2', 'T-7', 'T-7']);
    expect(await after.describeIt('cover-1')).toMatchObject({
      status: 'SUCCEEDED',
      output: JSON.stringify(INPUT),
      stopDate: Date.parse('2027-02-20T00:00:00Z') / 1000,
    });
  });

  it('keeps the definition it started with', async () => {
    const before = engineFor(LIFECYCLE);
    await before.start('cover-1', INPUT);
    await before.timekeeper.drain();
    before.executions.stop();
    const after = engineFor({ StartAt: 'Other', States: { Other: { Type: 'Fail' } } });
    after.executions.resume();
    await after.timekeeper.advanceTo(Date.parse('2027-02-20T00:00:00Z'));
    expect(await after.describeIt('cover-1')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('runs a state again that was interrupted', async () => {
    const before = engineFor(LIFECYCLE);
    let arrived = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    respond = () => {
      arrived();
      return new Promise(() => {}) as never;
    };
    await before.start('cover-1', INPUT);
    void before.timekeeper.advanceTo(Date.parse('2027-01-01T00:00:00Z'));
    await reached;
    before.executions.stop();

    respond = () => null;
    calls = [];
    const after = engineFor(LIFECYCLE);
    after.executions.resume();
    await after.timekeeper.drain();
    expect(phases()).toEqual(['month-2', 'month-2']);
  });
});

describe('an execution that fails', () => {
  it('tries again what may be tried again, and only that', async () => {
    const engine = engineFor(LIFECYCLE);
    respond = () => (calls.length < 3 ? failing('Transient') : null);
    await engine.start('cover-1', { ...INPUT, shards: [{ shard: 0 }] });
    await engine.timekeeper.advanceTo(Date.parse('2027-01-01T00:00:00Z'));
    expect(calls).toHaveLength(3);
    expect(await engine.describeIt('cover-1')).toMatchObject({ status: 'RUNNING' });
  });

  it('stays failed until it is redriven from the state that failed', async () => {
    const engine = engineFor(LIFECYCLE);
    respond = () => failing('Permanent', 'cover c9 is unknown');
    await engine.start('cover-1', { ...INPUT, shards: [{ shard: 0 }] });
    await engine.timekeeper.advanceTo(Date.parse('2027-01-02T00:00:00Z'));
    const failed = await engine.describeIt('cover-1');
    expect(failed).toMatchObject({ status: 'FAILED', error: 'Permanent', cause: 'cover c9 is unknown' });
    expect(calls).toHaveLength(1);

    respond = () => null;
    await engine.ask('RedriveExecution', { executionArn: failed?.executionArn });
    await engine.timekeeper.drain();
    expect(phases()).toEqual(['month-2', 'month-2']);
    await engine.timekeeper.advanceTo(Date.parse('2027-02-20T00:00:00Z'));
    expect(phases()).toEqual(['month-2', 'month-2', 'T-7']);
    expect(await engine.describeIt('cover-1')).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    await expect(engine.ask('RedriveExecution', { executionArn: failed?.executionArn })).rejects.toMatchObject({
      code: 'ExecutionNotRedrivable',
    });
  });

  it('can be caught, also where a branch failed', async () => {
    respond = () => failing('Permanent', 'why');
    const branch = { StartAt: 'T', States: { T: { Type: 'Task', Resource: WORK, End: true } } };
    const States = {
      P: {
        Type: 'Parallel',
        Branches: [branch],
        Catch: [{ ErrorEquals: ['Permanent'], ResultPath: '$.error', Next: 'Told' }],
        End: true,
      },
      Told: { Type: 'Pass', End: true },
    };
    const told = await runAtOnce(States, 'P', { a: 1 });
    expect(JSON.parse(String(told?.output))).toEqual({ a: 1, error: { Error: 'Permanent', Cause: 'why' } });
  });

  it('fails as its Fail state says', async () => {
    const States = { F: { Type: 'Fail', Error: 'Lapsed', Cause: 'nobody paid' } };
    expect(await runAtOnce(States, 'F', {})).toMatchObject({ status: 'FAILED', error: 'Lapsed', cause: 'nobody paid' });
  });
});

describe('states', () => {
  it('collects the outputs of branches in their order', async () => {
    const pass = (Result: unknown) => ({ StartAt: 'R', States: { R: { Type: 'Pass', Result, End: true } } });
    const States = { P: { Type: 'Parallel', Branches: [pass('a'), pass('b')], ResultPath: '$.r', End: true } };
    const done = await runAtOnce(States, 'P', { a: 1 });
    expect(JSON.parse(String(done?.output))).toEqual({ a: 1, r: ['a', 'b'] });
  });

  it('knows what is not there', async () => {
    const States = {
      C: { Type: 'Choice', Choices: [{ Variable: '$.b', IsPresent: false, Next: 'Absent' }], Default: 'Present' },
      Absent: { Type: 'Pass', Result: 'absent', End: true },
      Present: { Type: 'Pass', Result: 'present', End: true },
    };
    expect(await runAtOnce(States, 'C', { a: 1 })).toMatchObject({ output: '"absent"' });
  });

  it('passes 0 and null on unchanged', async () => {
    const States = { T: { Type: 'Task', Resource: WORK, Next: 'S' }, S: { Type: 'Succeed' } };
    respond = () => 0;
    expect(await runAtOnce(States, 'T', {})).toMatchObject({ output: '0' });
  });

  it('waits for seconds and for a time long past', async () => {
    const States = {
      W: { Type: 'Wait', Seconds: 90, Next: 'Past' },
      Past: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
    };
    const engine = engineFor({ StartAt: 'W', States });
    await engine.start('x', {});
    await engine.timekeeper.advanceTo(START + 89_000);
    expect(await engine.describeIt('x')).toMatchObject({ status: 'RUNNING' });
    await engine.timekeeper.advanceTo(START + 90_000);
    expect(await engine.describeIt('x')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it.each([
    [{ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true }, 'runs functions only'],
    [{ Type: 'Map', ItemReader: {}, ItemProcessor: { StartAt: 'A', States: {} }, End: true }, 'ItemReader'],
    [{ Type: 'Parallel', Branches: [], Retry: [], End: true }, 'does not retry a Parallel'],
  ])('refuses what it would run differently: %j', (state, message) => {
    expect(() => engineFor({ StartAt: 'A', States: { A: state } })).toThrow(message);
  });
});

describe('names', () => {
  it('the same start again is the same execution while it runs, and refused afterwards or with other input', async () => {
    const engine = engineFor(LIFECYCLE);
    const first = await engine.start('cover-1', INPUT);
    await engine.timekeeper.advanceTo(START + 1000);
    expect(await engine.start('cover-1', INPUT)).toEqual(first);
    await expect(engine.start('cover-1', { ...INPUT, cohort: 'c2' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
    await engine.ask('StopExecution', { executionArn: first?.executionArn, cause: 'enough' });
    await expect(engine.start('cover-1', INPUT)).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    expect(await engine.ask('ListExecutions', { stateMachineArn: MACHINE, statusFilter: 'ABORTED' })).toMatchObject({
      executions: [{ name: 'cover-1', status: 'ABORTED' }],
    });
    await engine.timekeeper.advanceTo(Date.parse('2027-03-01T00:00:00Z'));
    expect(calls).toEqual([]);
  });
});
