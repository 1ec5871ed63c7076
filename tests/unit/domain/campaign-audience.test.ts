import { describe, expect, it } from 'vitest';
import { countAudience, type Member, placeMember } from '../../../shared/domain/campaign-audience.ts';
import type { Channel } from '../../../shared/domain/channels.ts';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import type { CampaignId, WorkerId } from '../../../shared/domain/ids.ts';
import { campaignWith } from '../../support/campaigns.ts';

const CAMPAIGN = campaignWith();
const since = '2027-02-01' as CivilDate;
const suppressed = (...channels: Channel[]) => ({ hasPhone: true, suppressed: new Set(channels) });
const REACHED: Member = {
  cover: {},
  worker: { workerId: 'wrk_1' as WorkerId, consentMessaging: true },
  contact: suppressed(),
  owner: CAMPAIGN,
};
const withWorker = (changes: Partial<Member['worker']>): Partial<Member> => ({
  worker: { ...REACHED.worker, ...changes },
});

describe('a cover the campaign means', () => {
  it('gets its message in its arm, on the first channel of the campaign that the worker agreed to', () => {
    expect(placeMember(CAMPAIGN, REACHED)).toMatchObject({
      line: 'willSend',
      arm: { name: 'all' },
      channel: 'whatsapp',
    });
    const bySms = { ...REACHED, ...withWorker({ channels: ['sms'] }) };
    expect(placeMember(CAMPAIGN, bySms).channel).toBe('sms');
    expect(placeMember(CAMPAIGN, { ...REACHED, contact: suppressed('whatsapp') }).channel).toBe('sms');
  });

  it.each<[string, Partial<Member>]>([
    ['noConsent', withWorker({ consentMessaging: false })],
    ['noConsent', withWorker({ channels: [] })],
    ['suppressed', { contact: suppressed('whatsapp', 'sms') }],
    ['noContact', { contact: { hasPhone: false, suppressed: new Set() } }],
    ['claimOpen', { cover: { claimOpenSince: since } }],
    ['claimOpen', withWorker({ claimOpenSince: since })],
    ['otherCampaign', { owner: null }],
    ['otherCampaign', { owner: campaignWith({ campaignId: 'cmp_other' as CampaignId }) }],
  ])('does not: %s', (line, changes) => {
    expect(placeMember(CAMPAIGN, { ...REACHED, ...changes })).toEqual({ line, arm: null, channel: null });
  });

  it('is held out with the share the campaign says', () => {
    const everybody = campaignWith({ holdOutPercent: 100 });
    expect(placeMember(everybody, { ...REACHED, owner: everybody }).line).toBe('heldOut');
  });

  it('counts in the first line that holds', () => {
    const both = { ...REACHED, ...withWorker({ consentMessaging: false }), owner: null };
    expect(placeMember(CAMPAIGN, both).line).toBe('noConsent');
  });
});

it('the lines add up to those matched', () => {
  expect(countAudience(['willSend', 'noConsent', 'willSend'])).toEqual({
    matched: 3,
    noConsent: 1,
    suppressed: 0,
    noContact: 0,
    heldOut: 0,
    claimOpen: 0,
    otherCampaign: 0,
    willSend: 2,
  });
});
