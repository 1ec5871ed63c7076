/**
 * The alarm clock of each campaign: one schedule of its own, daily at its hour of sending. It only starts the run, which
 * reads what is due from rows; so a schedule too many or a start missed does no harm (I8).
 */
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { dayOfClockMinutes } from '../clock.ts';
import type { Campaign } from '../domain/campaign.ts';
import type { CampaignId } from '../domain/ids.ts';

let schedulerClient: SchedulerClient | undefined;

function scheduler(): SchedulerClient {
  schedulerClient ??= new SchedulerClient({});
  return schedulerClient;
}

/** Where the scheduler cannot follow the stage's clock, a day of that clock is so many real minutes. */
function expressionOf(sendHour: number): string {
  const minutes = dayOfClockMinutes();
  if (minutes === null) return `cron(0 ${sendHour} * * ? *)`;
  return `rate(${minutes} minute${minutes === 1 ? '' : 's'})`;
}

/** Made twice it is made once. */
export async function createSchedule({
  campaignId,
  sendHour,
}: Pick<Campaign, 'campaignId' | 'sendHour'>): Promise<void> {
  try {
    await scheduler().send(
      new CreateScheduleCommand({
        Name: campaignId,
        GroupName: process.env.CAMPAIGNS_GROUP,
        ScheduleExpression: expressionOf(sendHour),
        ScheduleExpressionTimezone: 'Asia/Jakarta',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: process.env.RUN_CAMPAIGN_ARN,
          RoleArn: process.env.CAMPAIGN_STARTER_ARN,
          Input: JSON.stringify({ contractVersion: 1, campaignId }),
          RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 6 * 3600 },
          DeadLetterConfig: { Arn: process.env.CAMPAIGNS_DEAD_ARN },
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
  }
}

/** Deleting one that is gone is done. */
export async function deleteSchedule(campaignId: CampaignId): Promise<void> {
  try {
    await scheduler().send(new DeleteScheduleCommand({ Name: campaignId, GroupName: process.env.CAMPAIGNS_GROUP }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}
