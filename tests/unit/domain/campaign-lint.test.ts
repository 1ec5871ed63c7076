import { describe, expect, it } from 'vitest';
import { faultsOfDelivery, faultsOfPlan, THREATENING_WORDS } from '../../../shared/domain/campaign-lint.ts';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { campaignWith, EVERYONE } from '../../support/campaigns.ts';

const TODAY = '2026-12-01' as CivilDate;
const faults = (changes: Parameters<typeof campaignWith>[0]) => faultsOfPlan(campaignWith(changes), TODAY);
const withText = (text: string, step = 'T-7', language: 'id' | 'en' = 'id') =>
  faults({ arms: [{ name: 'a', weight: 1, texts: { [language]: { [step]: text } } }] });

it('a plain plan has nothing against it', () => {
  expect(faults({})).toEqual([]);
  expect(withText('Perlindungan Bapak/Ibu berlaku sampai dengan {lastDay}; iuran {price} (tarif {month}).')).toEqual(
    [],
  );
});

describe('an audience', () => {
  it('must be said: a condition, or everyone and nothing beside it', () => {
    const unsaid = [{ field: 'audience', reason: 'audience_unsaid' }];
    expect(faults({ audience: {} })).toEqual(unsaid);
    expect(faults({ audience: { ...EVERYONE, regions: ['33'] } })).toEqual(unsaid);
    expect(faults({ audience: { regions: ['33'] } })).toEqual([]);
  });
});

describe('a text', () => {
  const field = 'arms.0.texts.id.T-7';

  it('names the last day and no variable there is not', () => {
    expect(withText('Perlindungan akan berakhir.')).toEqual([{ field, reason: 'text_variable_missing' }]);
    expect(withText('Halo {name}, sampai {lastDay}.')).toEqual([{ field, reason: 'text_variable_unknown' }]);
  });

  it.each([...THREATENING_WORDS])('threatens nobody: %s', (word) => {
    expect(withText(`Sampai {lastDay}. ${word.toUpperCase()}!`)).toEqual([{ field, reason: 'text_threatening' }]);
    expect(withText(`Sampai {lastDay}, x${word.replaceAll(' ', '')}x.`)).toEqual([]);
  });

  it('belongs to a step of the campaign', () => {
    expect(withText('Until {lastDay}.', 'T-8', 'en')).toEqual([
      { field: 'arms.0.texts.en.T-8', reason: 'text_step_unknown' },
    ]);
  });

  it('is one of several, and each is named, in the order of the steps', () => {
    const texts = { id: { 'T+0': 'Berakhir.', 'T-30': 'Sampai {lastDay} {x}.', zz: 'Sampai {lastDay}.' } };
    expect(faults({ arms: [{ name: 'a', weight: 1, texts }] }).map((fault) => [fault.field, fault.reason])).toEqual([
      ['arms.0.texts.id.zz', 'text_step_unknown'],
      ['arms.0.texts.id.T-30', 'text_variable_unknown'],
      ['arms.0.texts.id.T+0', 'text_variable_missing'],
    ]);
  });
});

it('the hour of sending lies in no quiet hours of every zone', () => {
  const at = (sendHour: number, fromHour = 8, untilHour = 20) => faults({ sendHour, window: { fromHour, untilHour } });
  expect(at(8)).toEqual([]);
  // Six in Jakarta is eight in Jayapura.
  expect(at(6)).toEqual([]);
  expect(at(5)).toEqual([{ field: 'sendHour', reason: 'quiet_hours_impossible' }]);
  expect(at(19)).toEqual([]);
  expect(at(20)).toEqual([{ field: 'sendHour', reason: 'quiet_hours_impossible' }]);
  expect(at(12, 12, 12)).toEqual([{ field: 'sendHour', reason: 'quiet_hours_impossible' }]);
});

it('a campaign whose last day has passed is over', () => {
  expect(faults({ endsOn: TODAY })).toEqual([{ field: 'endsOn', reason: 'campaign_over' }]);
  expect(faults({ endsOn: '2026-12-02' as CivilDate })).toEqual([]);
});

describe('its messages', () => {
  const texts = { id: { 'T-7': 'Sampai {lastDay}.' }, en: {} };
  const campaign = campaignWith({ arms: [{ name: 'own', weight: 1, texts }] });
  const everything = ['whatsapp', 'sms', 'email'] as const;

  it('need a channel that is configured', () => {
    expect(faultsOfDelivery(campaign, { channels: ['email'], templates: null })).toEqual([
      { field: 'channels', reason: 'channel_unavailable' },
    ]);
    expect(faultsOfDelivery(campaign, { channels: ['sms'], templates: new Set() })).toEqual([]);
  });

  it('of own words by WhatsApp need a template it approved', () => {
    expect(faultsOfDelivery(campaign, { channels: everything, templates: new Set() })).toEqual([
      { field: 'arms.0.texts.id.T-7', reason: 'template_missing' },
    ]);
    const templates = new Set(['lingkaran_cmp_one_own_t_minus_7']);
    expect(faultsOfDelivery(campaign, { channels: everything, templates })).toEqual([]);
    expect(faultsOfDelivery(campaign, { channels: everything, templates: null })).toEqual([]);
    expect(faultsOfDelivery(campaignWith(), { channels: everything, templates: new Set() })).toEqual([]);
  });
});
