/** Starts a function every day at a time of Jakarta, whatever the season elsewhere. */
import { Duration, TimeZone } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { minutesOfDay } from '../../shared/clock.ts';
import { FOLDER_MARK, mark } from '../marks.ts';
import type { Stage } from '../stage.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';

export interface DailyScheduleProps {
  readonly stage: Stage;
  readonly starts: LingkaranFunction;
  readonly hour: number;
  readonly minute: number;
  /** Keeps a start that could not be delivered, and one whose function failed every time. */
  readonly deadLetterQueue: IQueue;
}

export class DailySchedule extends Construct {
  constructor(scope: Construct, id: string, props: DailyScheduleProps) {
    super(scope, id);
    const { starts, deadLetterQueue } = props;
    const schedule = new Schedule(this, 'Schedule', {
      description: `Starts ${starts.folder}`,
      schedule: expressionOf(props),
      target: new LambdaInvoke(starts.live, {
        deadLetterQueue,
        retryAttempts: 10,
        maxEventAge: Duration.hours(6),
      }),
    });
    mark(schedule, FOLDER_MARK, starts.folder);
    starts.live.configureAsyncInvoke({ onFailure: new SqsDestination(deadLetterQueue), retryAttempts: 2 });
  }
}

/** Where the scheduler cannot follow the stage's clock, a day of that clock is so many real minutes. */
function expressionOf({ hour, minute, stage: { clock } }: DailyScheduleProps): ScheduleExpression {
  const minutes = clock ? minutesOfDay(clock) : null;
  if (minutes !== null) return ScheduleExpression.rate(Duration.minutes(minutes));
  return ScheduleExpression.cron({ hour: String(hour), minute: String(minute), timeZone: TimeZone.ASIA_JAKARTA });
}
