import { describe, expect, it } from 'vitest';
import {
  type Audience,
  campaignIdOf,
  campaignOf,
  endDatesReached,
  hasCondition,
  hasEnded,
  isMeant,
  stateAfter,
} from '../../../shared/domain/campaign.ts';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import type { CampaignId } from '../../../shared/domain/ids.ts';
import { stepAt } from '../../../shared/domain/nudge.ts';
import type { WorkerRow } from '../../../shared/domain/worker.ts';
import { campaignWith } from '../../support/campaigns.ts';
import { coverFrom } from '../../support/lives.ts';

const day = (text: string) => text as CivilDate;
const COVER = coverFrom({ from: '2026-12-01', givers: ['don_a', 'don_b'] });
const WORKER = { region: '33.72', occupation: 'ojek', sector: 'transport', disability: false } as WorkerRow;
const means = (audience: Audience, donations: readonly string[] = [], cover: Cover = COVER) =>
  isMeant(campaignWith({ audience, donationIds: new Set(donations) }), cover, WORKER);

describe('an audience', () => {
  it('without a condition is nobody; everyone is meant only where it says so', () => {
    expect(means({})).toBe(false);
    expect(means({ everyone: true })).toBe(true);
    expect(hasCondition({ everyone: true })).toBe(false);
    expect(hasCondition({ regions: undefined })).toBe(false);
    expect(hasCondition({ disability: false })).toBe(true);
  });

  it.each<[string, Audience, Audience]>([
    ['region, wider ones included', { regions: ['33'] }, { regions: ['3'] }],
    ['regency', { regions: ['34', '33.72'] }, { regions: ['33.73'] }],
    ['occupation', { occupations: ['ojek'] }, { occupations: ['kurir'] }],
    ['sector', { sectors: ['transport'] }, { sectors: ['non_transport'] }],
    ['disability', { disability: false }, { disability: true }],
    ['fund class', { fundClasses: ['general'] }, { fundClasses: ['zakat', 'csr'] }],
    ['package', { packages: ['JKK_JKM'] }, { packages: ['JKK_JKM_JHT'] }],
    ['first end date', { endsFrom: day('2027-03-01') }, { endsFrom: day('2027-03-02') }],
    ['end dates before', { endsBefore: day('2027-03-02') }, { endsBefore: day('2027-03-01') }],
  ])('is chosen by %s', (_, fits, doesNot) => {
    expect(means(fits)).toBe(true);
    expect(means(doesNot)).toBe(false);
  });

  it('is chosen by the donors whose gifts paid for a month of the cover', () => {
    expect(means({ donors: ['dnr_a'] }, ['don_b'])).toBe(true);
    expect(means({ donors: ['dnr_a'] }, ['don_c'])).toBe(false);
  });

  it('is those for whom all conditions hold, and never one whose cover has not begun', () => {
    expect(means({ regions: ['33'], occupations: ['ojek'] })).toBe(true);
    expect(means({ regions: ['33'], occupations: ['kurir'] })).toBe(false);
    const { endDate: _none, ...reserved } = COVER;
    expect(means({ regions: ['33'] }, [], reserved)).toBe(false);
  });
});

describe('a cover', () => {
  const low = campaignWith({ campaignId: 'cmp_low' as CampaignId });
  const high = campaignWith({ campaignId: 'cmp_high' as CampaignId, priority: 5 });
  const on = day('2027-02-15');

  it('belongs to the highest campaign that means it, and to the standing one where none does', () => {
    expect(campaignOf(COVER, WORKER, [low, high], on)?.campaignId).toBe('cmp_high');
    const elsewhere = { ...high, audience: { regions: ['91'] } };
    expect(campaignOf(COVER, WORKER, [low, elsewhere], on)?.campaignId).toBe('cmp_low');
    expect(campaignOf(COVER, WORKER, [elsewhere], on)).toBeNull();
  });

  it('belongs, of two alike, to the one launched first, and then to the one first by id', () => {
    const later = campaignWith({
      campaignId: 'cmp_a' as CampaignId,
      launchedAt: '2026-12-02T03:00:00.000Z' as Instant,
    });
    const same = campaignWith({ campaignId: 'cmp_kin' as CampaignId });
    expect(campaignOf(COVER, WORKER, [later, low, same], on)?.campaignId).toBe('cmp_kin');
    expect(campaignOf(COVER, WORKER, [same, low, later], on)?.campaignId).toBe('cmp_kin');
  });

  it('stays with a campaign that is paused, and leaves one that was stopped, is over or has not begun', () => {
    expect(campaignOf(COVER, WORKER, [{ ...low, state: 'paused' }], on)).not.toBeNull();
    for (const state of ['draft', 'stopped', 'finished'] as const)
      expect(campaignOf(COVER, WORKER, [{ ...low, state }], on)).toBeNull();
    expect(campaignOf(COVER, WORKER, [{ ...low, endsOn: on }], on)).toBeNull();
    expect(campaignOf(COVER, WORKER, [{ ...low, endsOn: day('2027-02-16') }], on)).not.toBeNull();
    expect(campaignOf(COVER, WORKER, [{ ...low, firstDay: day('2027-02-16') }], on)).toBeNull();
    expect(campaignOf(COVER, WORKER, [{ ...low, firstDay: null }], on)).toBeNull();
  });
});

describe('a campaign', () => {
  it('has the id of its name, however it is written', () => {
    expect(campaignIdOf(' Ramadan ')).toBe(campaignIdOf('ramadan'));
    expect(campaignIdOf('Ramadan 2')).not.toBe(campaignIdOf('ramadan'));
  });

  it('goes from draft to launched, paused and on, and ends for good', () => {
    expect(stateAfter('draft', 'launch')).toBe('launched');
    expect(stateAfter('launched', 'pause')).toBe('paused');
    expect(stateAfter('paused', 'resume')).toBe('launched');
    expect(stateAfter('launched', 'finish')).toBe('finished');
    for (const state of ['draft', 'launched', 'paused'] as const) expect(stateAfter(state, 'stop')).toBe('stopped');
    expect(['draft', 'launched', 'paused', 'stopped', 'finished'].map((state) => hasEnded({ state } as never))).toEqual(
      [false, false, false, true, true],
    );
  });

  it('takes a command said twice as said once, but a second launch as a mistake', () => {
    expect(stateAfter('paused', 'pause')).toBe('paused');
    expect(stateAfter('stopped', 'stop')).toBe('stopped');
    expect(() => stateAfter('launched', 'launch')).toThrow('launch: the campaign is launched');
  });

  it.each([
    ['stopped', 'resume'],
    ['stopped', 'launch'],
    ['finished', 'stop'],
    ['draft', 'pause'],
    ['draft', 'finish'],
    ['paused', 'finish'],
  ] as const)('that is %s refuses to %s', (state, command) => {
    expect(() => stateAfter(state, command)).toThrow(expect.objectContaining({ reason: 'campaign_state' }));
  });

  it('reaches the end dates of which a step falls on one of its days', () => {
    const steps = [stepAt(-14), stepAt(7)];
    expect(endDatesReached({ steps, endsOn: day('2027-01-11') }, day('2027-01-01'))).toEqual({
      from: '2026-12-25',
      before: '2027-01-25',
    });
    expect(endDatesReached({ steps, endsOn: null }, day('2027-01-01')).before).toBe('2028-01-16');
  });
});
