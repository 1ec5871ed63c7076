import { describe, expect, it } from 'vitest';
import type { RunningCampaign } from '../../../shared/domain/campaign.ts';
import { armNameOf, campaignThatHad, launchedByRank, ResultsCounter } from '../../../shared/domain/campaign-results.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { HOLD_OUT } from '../../../shared/domain/experiment.ts';
import { type CampaignId, coverIdOf, digest, type WorkerId } from '../../../shared/domain/ids.ts';
import { NUDGE_STEPS } from '../../../shared/domain/nudge.ts';
import { coverFrom, workerOf } from '../../support/lives.ts';

function campaign(changes: Partial<RunningCampaign> = {}): RunningCampaign {
  return {
    campaignId: 'cmp_a' as CampaignId,
    name: 'Hangat',
    audience: { everyone: true },
    steps: NUDGE_STEPS,
    arms: [
      { name: 'plain', weight: 1, texts: {} },
      { name: 'warm', weight: 1, texts: {} },
    ],
    holdOutPercent: 20,
    metric: 'self_paid_renewal',
    channels: ['whatsapp'],
    priority: 1,
    state: 'launched',
    launchedAt: '2026-12-01T03:00:00.000Z' as Instant,
    firstDay: '2026-12-02' as CivilDate,
    endsOn: null,
    ranThrough: null,
    donationIds: new Set(),
    ...changes,
  } as RunningCampaign;
}

const TODAY = '2027-03-10' as CivilDate;
const worker = workerOf();
const cover = coverFrom({ from: '2026-12-01' });

describe('the campaign that had a cover', () => {
  it('is the highest that means it and has a step in its days', () => {
    const low = campaign({ campaignId: 'cmp_low' as CampaignId });
    const high = campaign({ campaignId: 'cmp_high' as CampaignId, priority: 9, audience: { regions: ['33'] } });
    const draft = campaign({ campaignId: 'cmp_draft' as CampaignId, priority: 99, firstDay: null, state: 'draft' });
    const had = (region: string) =>
      campaignThatHad(cover, { ...worker, region }, launchedByRank([low, draft, high]))?.campaignId;
    expect(had('33.72')).toBe('cmp_high');
    expect(had('11.01')).toBe('cmp_low');
  });

  it('of two alike is the one launched first, then the one first by id', () => {
    const first = campaign({ campaignId: 'cmp_z' as CampaignId });
    const later = campaign({ launchedAt: '2026-12-02T03:00:00.000Z' as Instant });
    const alike = campaign({ campaignId: 'cmp_y' as CampaignId });
    for (const campaigns of [
      [later, first, alike],
      [alike, first, later],
    ])
      expect(launchedByRank(campaigns).map(({ campaignId }) => campaignId)).toEqual(['cmp_y', 'cmp_z', 'cmp_a']);
  });

  it('is none where its days came too late, were over too soon, or the cover has no end', () => {
    const none = (changes: Partial<RunningCampaign>) => campaignThatHad(cover, worker, [campaign(changes)]);
    expect(none({})).not.toBeNull();
    expect(none({ firstDay: '2027-05-01' as CivilDate })).toBeNull();
    // The last of the eight steps is 60 days after the end, the first 30 before it.
    expect(none({ firstDay: '2027-04-30' as CivilDate })).not.toBeNull();
    expect(none({ endsOn: '2027-01-30' as CivilDate })).toBeNull();
    expect(none({ endsOn: '2027-01-31' as CivilDate })).not.toBeNull();
    expect(none({ state: 'stopped', ranThrough: '2027-01-29' as CivilDate })).toBeNull();
    expect(none({ state: 'finished', ranThrough: '2027-01-30' as CivilDate })).not.toBeNull();
    expect(none({ state: 'stopped' })).toBeNull();
    expect(none({ firstDay: null })).toBeNull();
    const { endDate: _endDate, ...open } = cover;
    expect(campaignThatHad(open, worker, [campaign()])).toBeNull();
  });
});

describe('the results of a campaign', () => {
  const people = Array.from({ length: 400 }, (_, index) =>
    workerOf({ workerId: `wrk_${digest(`${index}`)}` as WorkerId }),
  );

  function results(
    changes: Partial<RunningCampaign>,
    pays: (arm: string) => boolean,
    from = '2026-12-01',
    fund = 'self',
  ) {
    const one = campaign(changes);
    const counter = new ResultsCounter(one, [one], TODAY);
    for (const person of people) {
      const { workerId } = person;
      const first = coverFrom({ from, workerId });
      const second = coverFrom({
        ordinal: 2,
        from: '2027-03-01',
        fund,
        workerId,
        renews: coverIdOf(workerId, 1),
        continuesFrom: '2027-03-01' as CivilDate,
      });
      counter.take({ worker: person, covers: pays(armNameOf(one, person)) ? [first, second] : [first] });
    }
    return counter.conclude();
  }
  const byArm = (given: ReturnType<typeof results>) => Object.fromEntries(given.arms.map((arm) => [arm.arm, arm]));

  it('are told by arm against those held out, each worker counted once', () => {
    const found = results({}, (arm) => arm === 'warm');
    const { plain, warm, [HOLD_OUT]: held } = byArm(found);
    expect(found).toMatchObject({ campaignId: 'cmp_a', metric: 'self_paid_renewal', today: TODAY, notEnded: 0 });
    expect(plain!.workers + warm!.workers + held!.workers).toBe(400);
    expect(held).toMatchObject({ isControl: true, succeeded: 0 });
    expect(warm).toMatchObject({ succeeded: warm!.workers, against: { verdict: 'more' } });
    expect(plain).toMatchObject({ succeeded: 0, against: { difference: 0 } });
    expect(results({}, (arm) => arm === 'warm')).toEqual(found);
  });

  it('are those of the metric that was named', () => {
    const succeeded = (metric: RunningCampaign['metric'], fund: string) =>
      results({ metric }, () => true, '2026-12-01', fund).arms.reduce((sum, arm) => sum + arm.succeeded, 0);
    expect(succeeded('self_paid_renewal', 'csr')).toBe(0);
    expect(succeeded('donor_renewal', 'csr')).toBe(400);
    expect(succeeded('donor_renewal', 'self')).toBe(0);
    expect(succeeded('any_renewal', 'csr')).toBe(400);
    expect(succeeded('any_renewal', 'self')).toBe(400);
  });

  it('wait for the end of the cover, and know no hold-out where nobody is held out', () => {
    const waiting = results({ holdOutPercent: 0 }, () => false, '2027-01-01');
    expect(waiting.notEnded).toBe(400);
    expect(waiting.arms.map(({ arm, workers }) => [arm, workers])).toEqual([
      ['plain', 0],
      ['warm', 0],
    ]);
  });

  it('leave out who was in no cover of the campaign', () => {
    const none = results({ audience: { regions: ['11'] } }, () => true);
    expect(none.arms.every(({ workers }) => workers === 0)).toBe(true);
    expect(none.notEnded).toBe(0);
  });
});
