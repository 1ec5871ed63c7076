/** EventBridge Scheduler on this machine, called by the product's own client. */
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Activity } from '../../../infra/local/activity.ts';
import { scheduleService } from '../../../infra/local/aws/schedule-service.ts';
import { type Database, openDatabase } from '../../../infra/local/database.ts';
import type { Functions } from '../../../infra/local/functions.ts';
import { close, listen } from '../../../infra/local/listen.ts';
import type { QueueStore } from '../../../infra/local/queues/queue-store.ts';
import { CreatedSchedules } from '../../../infra/local/schedules/created-schedules.ts';
import { Schedules } from '../../../infra/local/schedules/schedules.ts';
import { createSchedule, deleteSchedule } from '../../../shared/adapters/campaign-schedules.ts';
import type { CampaignId } from '../../../shared/domain/ids.ts';

const RUN = 'arn:aws:lambda:ap-southeast-3:000000000000:function:lingkaran-run-campaign:live';
const ENVIRONMENT = {
  AWS_REGION: 'ap-southeast-3',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  CAMPAIGNS_GROUP: 'campaigns',
  RUN_CAMPAIGN_ARN: RUN,
  CAMPAIGN_STARTER_ARN: 'arn:aws:iam::000000000000:role/starter',
  CAMPAIGNS_DEAD_ARN: 'arn:aws:sqs:ap-southeast-3:000000000000:campaigns-dead',
};
const CAMPAIGN = { campaignId: 'cmp_one' as CampaignId, sendHour: 9 };
const EIGHT = Date.parse('2026-12-01T08:00:00+07:00');
const NINE = Date.parse('2026-12-01T09:00:00+07:00');
const DAY = 86_400_000;

let server: Server;
let database: Database;
let created: CreatedSchedules;
let schedules: Schedules;
let started: unknown[];
let whenStarted: () => Promise<unknown>;
let now: number;

function openSchedules(): Schedules {
  created = new CreatedSchedules(database);
  const functions = {
    invoke: async (name: string, event: unknown) => {
      started.push([name, event]);
      await whenStarted();
    },
  } as unknown as Functions;
  return new Schedules({
    resources: [],
    created,
    database,
    functions,
    activity: new Activity(),
    queues: {} as QueueStore,
    nowMilliseconds: now,
  });
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const service = scheduleService({
      created,
      functionNames: ['lingkaran-run-campaign'],
      changed: () => schedules.follow(now),
    });
    if (!(await service(request, response))) response.writeHead(501).end();
  });
  const port = await listen(server, 0, 0);
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
});
afterAll(() => close(server, 100));

beforeEach(() => {
  [database, started, now] = [openDatabase(), [], EIGHT];
  whenStarted = async () => undefined;
  schedules = openSchedules();
});
afterEach(() => database.close());

async function ringAt(milliseconds: number): Promise<void> {
  now = milliseconds;
  await schedules.ring(now);
}

describe('the schedule of a campaign', () => {
  const start = ['lingkaran-run-campaign', { contractVersion: 1, campaignId: 'cmp_one' }];

  it('starts its run every day at its hour of Jakarta', async () => {
    await createSchedule(CAMPAIGN);
    expect(schedules.next()).toBe(NINE);
    await ringAt(NINE - 1);
    expect(started).toEqual([]);
    await ringAt(NINE);
    expect(started).toEqual([start]);
    expect(schedules.next()).toBe(NINE + DAY);
  });

  it('is made once, however often it is asked for', async () => {
    await createSchedule(CAMPAIGN);
    await createSchedule(CAMPAIGN);
    await ringAt(NINE);
    expect(started).toHaveLength(1);
  });

  it('is there after a restart, with what it missed', async () => {
    await createSchedule(CAMPAIGN);
    now = NINE + 3600_000;
    schedules = openSchedules();
    await ringAt(now);
    expect(started).toEqual([start]);
  });

  it('starts nothing once it is deleted, and deleting it again is done', async () => {
    await createSchedule(CAMPAIGN);
    await deleteSchedule(CAMPAIGN.campaignId);
    await deleteSchedule(CAMPAIGN.campaignId);
    expect(schedules.next()).toBeUndefined();
    await ringAt(NINE);
    expect(started).toEqual([]);
  });

  it('may be deleted by the run it started', async () => {
    await createSchedule(CAMPAIGN);
    whenStarted = () => deleteSchedule(CAMPAIGN.campaignId);
    await ringAt(NINE);
    expect(started).toHaveLength(1);
    expect(schedules.next()).toBeUndefined();
  });

  it('is refused where it could start nothing', async () => {
    process.env.RUN_CAMPAIGN_ARN = RUN.replace('run-campaign', 'unknown');
    await expect(createSchedule(CAMPAIGN)).rejects.toThrow('there is no function');
    process.env.RUN_CAMPAIGN_ARN = RUN;
    await expect(createSchedule({ ...CAMPAIGN, sendHour: 77 })).rejects.toMatchObject({ name: 'ValidationException' });
    expect(created.all()).toEqual([]);
  });

  it('comes as often as days do where the clock of the stage runs ahead of the scheduler', async () => {
    const clock = { realEpochMs: 0, stageEpochMs: 0, speed: 288, alarms: 'real' };
    process.env.LINGKARAN_CLOCK = JSON.stringify(clock);
    await createSchedule(CAMPAIGN);
    expect(created.all()).toMatchObject([{ expression: 'rate(5 minutes)' }]);
    process.env.LINGKARAN_CLOCK = JSON.stringify({ ...clock, speed: 150_000 });
    await createSchedule({ ...CAMPAIGN, campaignId: 'cmp_two' as CampaignId });
    expect(created.all()[1]).toMatchObject({ expression: 'rate(1 minute)' });
    delete process.env.LINGKARAN_CLOCK;
  });
});
