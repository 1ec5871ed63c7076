/** Campaigns over any sequence of runs, outages, deaths, lost messages and pauses. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCampaign } from '../../functions/run-campaign/run-campaign.ts';
import { sweepCampaigns } from '../../functions/run-campaign/sweep-campaigns.ts';
import { type Campaign, campaignOf, type RunningCampaign } from '../../shared/domain/campaign.ts';
import { AUDIENCE_LINES, countAudience, placeMember } from '../../shared/domain/campaign-audience.ts';
import {
  addDays,
  addSeconds,
  type CivilDate,
  civilDateOf,
  type Instant,
  instantOfDate,
} from '../../shared/domain/dates.ts';
import type { CampaignId, CohortId, WorkerId } from '../../shared/domain/ids.ts';
import { cohortKeyOf } from '../../shared/domain/lifecycle.ts';
import { isStale, stepAt, stepDate, stepNamed } from '../../shared/domain/nudge.ts';
import { newWorker, type WorkerRow } from '../../shared/domain/worker.ts';
import { SILENT_LOG } from '../../shared/logger.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import {
  createCampaign,
  launchedCampaigns,
  listCampaigns,
  markRanThrough,
  markRun,
  markRunAccounted,
  moveCampaign,
  readCampaign,
  runsOf,
} from '../../shared/store/campaigns.ts';
import { joinCohort, listCohorts } from '../../shared/store/cohorts.ts';
import { coverRow, coversOfShard } from '../../shared/store/covers.ts';
import { batchIdOf, putNudgePages, unfinishedPages } from '../../shared/store/nudge-pages.ts';
import { finishNudgeBatch } from '../../shared/store/nudges.ts';
import { transact } from '../../shared/store/table.ts';
import { newWorkerPut, readWorkers } from '../../shared/store/workers.ts';
import { campaignWith } from '../support/campaigns.ts';
import { crashAt } from '../support/faults.ts';
import { coverFrom } from '../support/lives.ts';
import { PROFILE, workerIdOf } from '../support/people-and-gifts.ts';
import { type Chance, chanceOf } from '../support/random.ts';
import { TestSystem } from '../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const FIRST_DAY = '2027-02-01' as CivilDate;
const DAYS = 24;
const STEPS = [-7, -2, 0, 5].map(stepAt);
const SHARDS = 2;
const CAMPAIGN = campaignWith({ steps: STEPS, sendHour: 9 });
const { donationIds: _none, ...DRAFT } = { ...CAMPAIGN, state: 'draft' as const, firstDay: null, launchedAt: null };

interface Sent {
  readonly message: NudgeMessage;
  readonly on: CivilDate;
}

class Story {
  readonly chance: Chance;
  readonly sent: Sent[] = [];
  /** By a run, not once more by the sweeper. */
  readonly asked: Sent[] = [];
  /** On their way through the queue. */
  #underway: NudgeMessage[] = [];
  now = instantOfDate(FIRST_DAY, 0);

  constructor(seed: number) {
    this.chance = chanceOf(seed);
  }

  async begin(): Promise<void> {
    for (let index = 0; index < 14; index += 1) await this.#addCover(index, addDays(FIRST_DAY, 2 + index));
    await createCampaign(DRAFT as Campaign);
    const launch = { madeAt: CAMPAIGN.madeAt, launchedBy: CAMPAIGN.madeBy, launchedAt: this.now, firstDay: FIRST_DAY };
    await moveCampaign(CAMPAIGN.campaignId, 'launch', launch);
  }

  async #addCover(index: number, endDate: CivilDate): Promise<void> {
    const workerId = workerIdOf(index);
    const cohortId = `c-${endDate}` as CohortId;
    const startDate = addDays(endDate, -90);
    const cover = { ...coverFrom({ from: startDate, workerId }), endDate, cohortId };
    await joinCohort(
      { cohortId, startDate, termMonths: 3, group: 0, shards: SHARDS },
      endDate,
      '2026-10-01T00:00:00.000Z' as Instant,
    );
    const keys = { cohortKey: cohortKeyOf(cohortId, index % SHARDS), cohortSort: cover.coverId };
    await transact([
      newWorkerPut(newWorker(PROFILE, workerId, '2026-10-01T00:00:00.000Z' as Instant)),
      { Put: { Item: { ...coverRow(cover), ...keys } } },
    ]);
  }

  #dependencies() {
    return {
      now: () => this.now,
      readCampaign,
      launchedCampaigns,
      listCohorts,
      coversOfShard,
      readWorkers: (ids: readonly WorkerId[]) => readWorkers(ids),
      runsOf,
      markRun,
      putNudgePages,
      sendNudges: async (messages: readonly NudgeMessage[]) => {
        this.asked.push(...messages.map((message) => ({ message, on: civilDateOf(this.now) })));
        this.#lose(messages);
      },
      markRanThrough,
      log: SILENT_LOG,
    };
  }

  /** What the sender does with a page: nothing while the campaign is paused, nothing of a page that is done. */
  async deliver(today: CivilDate): Promise<void> {
    const { state } = await readCampaign(CAMPAIGN.campaignId);
    const pages = this.#underway;
    this.#underway = [];
    if (state === 'paused') return;
    for (const message of pages) {
      const isDone = this.sent.some((each) => batchIdOf(each.message) === batchIdOf(message));
      if (!isDone) this.sent.push({ message, on: today });
      await finishNudgeBatch(batchIdOf(message), { finishedAt: this.now, sent: 1, failed: {} });
    }
  }

  /** Nothing goes wrong any more. */
  isCalm = false;

  /** The run of a day, dying on the way now and then, and what the scheduler makes of that. */
  async run(): Promise<void> {
    if (!this.isCalm && this.chance.happens(0.3)) system.faults = crashAt(this.chance.below(40));
    await runCampaign(CAMPAIGN.campaignId, this.#dependencies()).catch(() => undefined);
    system.faults = {};
    if (this.chance.happens(0.5)) await runCampaign(CAMPAIGN.campaignId, this.#dependencies());
  }

  sweep(): Promise<unknown> {
    const runs = (campaignId: CampaignId) => runCampaign(campaignId, this.#dependencies());
    return sweepCampaigns(addSeconds(this.now, -900), {
      ...this.#dependencies(),
      listCampaigns,
      runCampaign: runs,
      sendNudges: async (messages) => this.#lose(messages),
      unfinishedPages,
      markRunAccounted,
    });
  }

  /** Some messages are lost; the rows of their pages say whom they were for. */
  #lose(messages: readonly NudgeMessage[]): void {
    this.#underway.push(...messages.filter(() => this.isCalm || !this.chance.happens(0.2)));
  }

  async day(today: CivilDate): Promise<void> {
    this.now = instantOfDate(today, 1);
    if (this.chance.happens(0.6)) await this.sweep();
    await this.deliver(today);
    if (this.chance.happens(0.15)) await moveCampaign(CAMPAIGN.campaignId, 'pause').catch(() => undefined);
    else if (this.chance.happens(0.5)) await moveCampaign(CAMPAIGN.campaignId, 'resume').catch(() => undefined);
    this.now = instantOfDate(today, 9);
    if (this.chance.happens(0.7)) await this.run();
    await this.deliver(today);
  }
}

describe('I7, I8: a campaign', () => {
  it('asks once for each step of each cover, never in a flood, and accounts for every step that was due', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        system.newWorld();
        const story = new Story(seed);
        await story.begin();
        for (let index = 0; index < DAYS; index += 1) await story.day(addDays(FIRST_DAY, index));
        story.isCalm = true;
        await moveCampaign(CAMPAIGN.campaignId, 'resume').catch(() => undefined);
        const last = addDays(FIRST_DAY, DAYS);
        for (const today of [last, addDays(last, 1), addDays(last, 2), addDays(last, 3)]) {
          story.now = instantOfDate(today, 9);
          await story.run();
          await story.deliver(today);
          story.now = instantOfDate(today, 12);
          await story.sweep();
          await story.deliver(today);
        }
        await story.sweep();
        expectOnceEach(story);
        await expectAllAccounted(addDays(last, 3));
      }),
      { numRuns: 25 },
    );
  });
});

/** No (cover, end date, step) is in two pages, and none was asked for before its day or once another had overtaken it. */
function expectOnceEach({ sent, asked }: Story): void {
  const names = sent.flatMap(({ message: { coverIds, endDate, step } }) =>
    coverIds.map((coverId) => `${coverId} ${endDate} ${step}`),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const { message, on } of asked) {
    expect(stepDate(message.endDate, stepNamed(message.step)) <= on).toBe(true);
    expect(isStale(message.endDate, message.step, on, STEPS)).toBe(false);
  }
}

/** Every step of every cohort that fell on a day of the campaign was run or passed over, and its pages are finished. */
async function expectAllAccounted(through: CivilDate): Promise<void> {
  const runs = await runsOf(CAMPAIGN.campaignId);
  expect(runs.filter(({ accountedAt, doneAt }) => !accountedAt && doneAt < instantOfDate(through, 0))).toEqual([]);
  const done = new Set(runs.map(({ endDate, step, shard }) => `${endDate} ${step} ${shard}`));
  for (const { endDate } of await listCohorts())
    for (const step of STEPS) {
      const on = stepDate(endDate, step);
      for (let shard = 0; shard < SHARDS; shard += 1)
        expect(done.has(`${endDate} ${step.name} ${shard}`)).toBe(FIRST_DAY <= on && on <= through);
    }
}

describe('an audience', () => {
  const members = fc.record({
    consentMessaging: fc.boolean(),
    channels: fc.constantFrom(undefined, ['sms'] as const, [] as const),
    hasPhone: fc.boolean(),
    suppressed: fc.subarray(['whatsapp', 'sms'] as const),
    claimOpen: fc.boolean(),
    priorities: fc.array(fc.nat(5), { maxLength: 3 }),
  });

  it('is counted with each cover in one line, and the lines sum to those matched', () => {
    fc.assert(
      fc.property(fc.array(members, { maxLength: 60 }), fc.nat(50), (all, holdOutPercent) => {
        const ours: RunningCampaign = campaignWith({ holdOutPercent, priority: 2 });
        const lines = all.map(({ hasPhone, suppressed, claimOpen, priorities, ...given }, index) => {
          const worker = { ...PROFILE, ...given, workerId: workerIdOf(index) } as unknown as WorkerRow;
          const cover = { ...coverFrom({ from: '2026-12-01' }), ...(claimOpen ? { claimOpenSince: FIRST_DAY } : {}) };
          const others = priorities.map((priority, at) =>
            campaignWith({ campaignId: `cmp_${at}` as CampaignId, priority }),
          );
          const owner = campaignOf(cover, worker, [ours, ...others], FIRST_DAY);
          const { line, arm, channel } = placeMember(ours, {
            cover,
            worker,
            owner,
            contact: { hasPhone, suppressed: new Set(suppressed) },
          });
          expect([arm !== null, channel !== null]).toEqual([line === 'willSend', line === 'willSend']);
          return line;
        });
        const counts = countAudience(lines);
        expect(AUDIENCE_LINES.reduce((sum, line) => sum + counts[line], 0)).toBe(all.length);
        expect(counts.matched).toBe(all.length);
      }),
    );
  });
});
