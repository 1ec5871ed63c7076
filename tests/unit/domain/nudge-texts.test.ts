import { describe, expect, it } from 'vitest';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import type { Rupiah } from '../../../shared/domain/money.ts';
import { NUDGE_STEPS } from '../../../shared/domain/nudge.ts';
import { formatDay, formatMonth, formatRupiah, nudgeText } from '../../../shared/domain/nudge-texts.ts';

const facts = { endDate: '2027-03-01' as CivilDate, monthlyRupiah: 16_800 as Rupiah };
const steps = NUDGE_STEPS.map(({ name }) => name);

describe.each(['id', 'en'] as const)('in %s', (language) => {
  const texts = steps.map((step) => nudgeText({ step, ...facts }, language));

  it('each step has words of its own', () => {
    expect(new Set(texts.map((text) => text.split('\n')[0])).size).toBe(steps.length);
  });

  it.each(steps)('%s names the last day, the price, the choice and how to stop', (step) => {
    const text = nudgeText({ step, ...facts }, language);
    const lines = text.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain(language === 'id' ? '28 Februari 2027' : '28 February 2027');
    expect(text).toContain(
      language === 'id' ? 'Rp16.800 per bulan (tarif Maret 2027)' : 'Rp16.800 a month (tariff of March 2027)',
    );
    expect(text).toContain(language === 'id' ? 'pilihan Bapak/Ibu sendiri' : 'your own choice');
    expect(text).toContain('BERHENTI');
    expect(text).toMatch(/JKK.*JKM.*(tiga bulan|three months)/s);
  });

  it.each(steps)('%s says how to pay in one tap, where there is a link', (step) => {
    const payLink = 'https://lingkaran.example/pay/token.1';
    const lines = nudgeText({ step, ...facts, payLink }, language).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[2]).toMatch(language === 'id' ? /^Bayar .+: https:\S+1$/ : /^Pay .+: https:\S+1$/);
    expect(lines.toSpliced(2, 1).join('\n')).toBe(nudgeText({ step, ...facts, payLink: null }, language));
  });

  it('promises no sum, compels nobody and counts no days', () => {
    for (const text of texts) {
      expect(text.replaceAll('Rp16.800', '')).not.toMatch(/Rp|42|\bjuta\b|million/);
      expect(text).not.toMatch(/wajib|harus|must|denda|\d+ (hari|days?)\b/i);
    }
  });

  it('after the end says that cover is not assured until it is paid', () => {
    for (const [index, step] of steps.entries())
      expect(/tidak dapat dipastikan|not assured/.test(texts[index]!)).toBe(step.startsWith('T+'));
  });

  it('tells a step without words of its own like its neighbours', () => {
    expect(nudgeText({ step: 'T-3', ...facts }, language)).toBe(nudgeText({ step: 'T-14', ...facts }, language));
    expect(nudgeText({ step: 'T+14', ...facts }, language)).toBe(nudgeText({ step: 'T+0', ...facts }, language));
  });
});

it('writes money and dates as Indonesians do', () => {
  const amounts: [number, string][] = [
    [0, 'Rp0'],
    [999, 'Rp999'],
    [50_400, 'Rp50.400'],
    [1_411_200_000_000, 'Rp1.411.200.000.000'],
    [-50_400, '-Rp50.400'],
  ];
  for (const [amount, text] of amounts) expect(formatRupiah(amount as Rupiah)).toBe(text);
  expect(formatDay('2026-08-05' as CivilDate, 'id')).toBe('5 Agustus 2026');
  expect(formatMonth('2026-12' as CivilMonth, 'en')).toBe('December 2026');
});
