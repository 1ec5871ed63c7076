/**
 * The graph of `coverage-lifecycle`: what happens to the covers of one cohort, and when. It must read as the life of a
 * cover in the console, so every step is a state of its own with a name in words. All times are in the input (`at`,
 * made by start-cohorts); a step that this cohort does not have is not in it and is passed over.
 */
import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Chain,
  Choice,
  Condition,
  DistributedMap,
  JitterType,
  JsonPath,
  Parallel,
  Pass,
  StateMachineType,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** Trouble of Lambda itself, not of our code. */
const SERVICE_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
];
/** A child may take five minutes in all, its retries included. */
const BACK_OFF = {
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 4,
  maxDelay: Duration.seconds(20),
  jitterStrategy: JitterType.FULL,
};
/** Enough for everybody's month in about half an hour, and few enough for the table. */
const SHARDS_AT_ONCE = 50;

interface Reminder {
  readonly step: string;
  readonly when: string;
  readonly wait?: string;
}
const REMINDERS: readonly Reminder[] = [
  { step: 'T-30', when: '30 days before the end' },
  { step: 'T-14', when: '14 days before the end' },
  { step: 'T-7', when: '7 days before the end' },
  { step: 'T-1', when: '1 day before the end' },
  { step: 'T+0', when: 'on the end date', wait: 'Until the end date, to remind' },
  { step: 'T+7', when: '7 days after the end' },
  { step: 'T+30', when: '30 days after the end' },
  { step: 'T+60', when: '60 days after the end' },
];

/** @param runCoverPhase the alias: an execution outlives many deploys of the function behind it */
export function lifecycleDefinition(scope: Construct, runCoverPhase: IFunction): Chain {
  const covers = new Parallel(scope, 'Cover runs', { resultPath: JsonPath.DISCARD });
  covers.branch(contributions(scope, runCoverPhase));
  covers.branch(reminders(scope, runCoverPhase));
  covers.branch(protection(scope, runCoverPhase));
  return Chain.start(new Pass(scope, 'Month 1 is paid with enrolment'))
    .next(covers)
    .next(new Succeed(scope, 'All covers settled'));
}

function contributions(scope: Construct, runCoverPhase: IFunction): Chain {
  return [2, 3]
    .reduce<Chain | undefined>((chain, month) => {
      const step = optionalStep(scope, `month-${month}`, `Is there a month ${month}?`, [
        until(scope, `Until month ${month}`, timeOf(`month-${month}`)),
        phase(scope, `Month ${month}`, { literal: `month-${month}` }, runCoverPhase),
      ]);
      return chain ? chain.next(step) : step;
    }, undefined)!
    .next(laterMonths(scope, runCoverPhase));
}

/** Longer terms carry the rest of their months as a list; counting through it is what every interpreter can do. */
function laterMonths(scope: Construct, runCoverPhase: IFunction): Chain {
  const count = new Pass(scope, 'Count the later months', {
    parameters: { taken: 0, of: JsonPath.arrayLength(JsonPath.stringAt('$.laterMonths')) },
    resultPath: '$.later',
  });
  const take = new Pass(scope, 'Take the next of them', {
    parameters: {
      month: JsonPath.arrayGetItem(JsonPath.listAt('$.laterMonths'), JsonPath.numberAt('$.later.taken')),
      taken: JsonPath.mathAdd(JsonPath.numberAt('$.later.taken'), 1),
      of: JsonPath.numberAt('$.later.of'),
    },
    resultPath: '$.later',
  });
  const more = new Choice(scope, 'Is there a later month?');
  const month = Chain.start(take)
    .next(until(scope, 'Until the later month', '$.later.month.at'))
    .next(phase(scope, 'Later month', { path: '$.later.month.phase' }, runCoverPhase))
    .next(more);
  more
    .when(Condition.numberLessThanJsonPath('$.later.taken', '$.later.of'), month)
    .otherwise(new Succeed(scope, 'All months are paid'));
  return Chain.start(count).next(more);
}

function reminders(scope: Construct, runCoverPhase: IFunction): Chain {
  return REMINDERS.reduce<Chain | undefined>((chain, { step, when, wait = `Until ${when}` }) => {
    const reminder = optionalStep(scope, step, `Is there a reminder ${when}?`, [
      until(scope, wait, timeOf(step)),
      phase(scope, `Remind ${when}`, { literal: step }, runCoverPhase),
    ]);
    return chain ? chain.next(reminder) : reminder;
  }, undefined)!.next(new Succeed(scope, 'All reminders are out'));
}

function protection(scope: Construct, runCoverPhase: IFunction): Chain {
  return until(scope, 'Until the end date', timeOf('end'))
    .next(phase(scope, 'Cover ends, grace begins', { literal: 'end' }, runCoverPhase))
    .next(until(scope, 'Until grace is over', timeOf('lapse')))
    .next(phase(scope, 'Lapse', { literal: 'lapse' }, runCoverPhase));
}

function timeOf(step: string): string {
  return `$.at['${step}']`;
}

function optionalStep(scope: Construct, step: string, question: string, [wait, work]: [Chain, DistributedMap]): Chain {
  const choice = new Choice(scope, question).when(Condition.isPresent(timeOf(step)), wait.next(work));
  return choice.afterwards({ includeOtherwise: true });
}

function until(scope: Construct, name: string, timestampPath: string): Chain {
  return Chain.start(new Wait(scope, name, { time: WaitTime.timestampPath(timestampPath) }));
}

/** Every shard of the cohort goes through the phase; a shard that failed is run again by a redrive. */
function phase(
  scope: Construct,
  name: string,
  phaseName: { literal: string } | { path: string },
  runCoverPhase: IFunction,
): DistributedMap {
  const map = new DistributedMap(scope, name, {
    itemsPath: '$.shards',
    itemSelector: {
      contractVersion: 1,
      cohortId: JsonPath.stringAt('$.cohortId'),
      phase: 'literal' in phaseName ? phaseName.literal : JsonPath.stringAt(phaseName.path),
      shard: JsonPath.objectAt('$$.Map.Item.Value'),
    },
    maxConcurrency: SHARDS_AT_ONCE,
    mapExecutionType: StateMachineType.EXPRESS,
    resultPath: JsonPath.DISCARD,
  });
  return map.itemProcessor(oneShard(scope, `${name}: one shard`, runCoverPhase));
}

/** Its output is dropped: those of thousands of shards together would be over the limit of a state. */
function oneShard(scope: Construct, name: string, runCoverPhase: IFunction): LambdaInvoke {
  const task = new LambdaInvoke(scope, name, {
    lambdaFunction: runCoverPhase,
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
    outputPath: JsonPath.DISCARD,
  });
  task.addRetry({ errors: ['Permanent', 'InvariantBroken'], maxAttempts: 0 });
  task.addRetry({ errors: ['Transient', ...SERVICE_ERRORS], ...BACK_OFF });
  return task;
}
