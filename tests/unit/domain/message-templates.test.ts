import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import {
  nudgeTemplate,
  standingTemplates,
  templateNameOf,
  templateRegistration,
} from '../../../shared/domain/message-templates.ts';
import type { Rupiah } from '../../../shared/domain/money.ts';
import { NUDGE_STEPS } from '../../../shared/domain/nudge.ts';
import { nudgeText } from '../../../shared/domain/nudge-texts.ts';

const facts = {
  endDate: '2027-03-01' as CivilDate,
  monthlyRupiah: 8_400 as Rupiah,
  payLink: 'https://lingkaran.example/pay/token.1',
};

function filled(body: string, parameters: readonly string[]): string {
  return body.replace(/\{\{(\d+)\}\}/g, (_, place) => parameters[Number(place) - 1] ?? '?');
}

describe.each(['id', 'en'] as const)('templates in %s', (language) => {
  it.each([
    ['with a link', facts],
    ['without one', { ...facts, payLink: null }],
    ['in words of a campaign', { ...facts, opening: 'Sampai {lastDay}. Hanya {price}, mulai {month}!' }],
  ])('filled in they are the reminder itself: %s', (_name, given) => {
    for (const { name: step } of NUDGE_STEPS) {
      const { body } = templateRegistration({ step, ...given }, language);
      const { parameters } = nudgeTemplate({ step, ...given }, language);
      expect(filled(body, parameters)).toBe(nudgeText({ step, ...given }, language));
      expect(body).not.toMatch(/2027|Rp|https/);
    }
  });

  it('keep what providers ask of them: places numbered through, none first or last, none beside another', () => {
    for (const { body, examples, category } of standingTemplates().filter((each) => each.language === language)) {
      const places = [...body.matchAll(/\{\{(\d+)\}\}/g)].map(([, place]) => Number(place));
      expect(places).toEqual(examples.map((_, index) => index + 1));
      expect(body).not.toMatch(/^\{\{|\}\}$|\}\}\s*\{\{/);
      expect(body.length).toBeLessThanOrEqual(1024);
      expect(category).toBe('MARKETING');
    }
  });
});

it('every text has a name of its own, in small letters, digits and _', () => {
  const names = standingTemplates().map(({ name, language }) => `${name} ${language}`);
  expect(new Set(names).size).toBe(2 * 2 * NUDGE_STEPS.length);
  expect(templateNameOf('T-30', true)).toBe('lingkaran_t_minus_30');
  expect(templateNameOf('T+0', false)).toBe('lingkaran_t_plus_0_without_link');
  expect(templateNameOf('T+7', true, { campaignId: 'cmp_1', arm: 'Ramah & Singkat' })).toBe(
    'lingkaran_cmp_1_ramah_singkat_t_plus_7',
  );
});
