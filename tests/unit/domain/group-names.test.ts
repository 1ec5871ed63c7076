import { describe, expect, it } from 'vitest';
import { DIMENSIONS, groupName, NO_GROUP } from '../../../shared/domain/group-names.ts';
import { OCCUPATIONS } from '../../../shared/domain/occupations.ts';

describe('a group', () => {
  it.each([
    ['cohort', '2026-12-01', 'Mulai 1 Desember 2026, 3 bulan', 'Started 1 December 2026, 3 months'],
    ['cohort', '2026-12-01-m06', 'Mulai 1 Desember 2026, 6 bulan', 'Started 1 December 2026, 6 months'],
    ['cohort', 'odd', 'odd', 'odd'],
    ['arm', 'cmp_1/warm', 'cmp_1/warm', 'cmp_1/warm'],
    ['region', '33.72', '33.72, Jawa Tengah', '33.72, Central Java'],
    ['region', '00.01', '00.01', '00.01'],
    ['donor', 'dnr_0123456789abcdef', 'Donatur 01234567', 'Donor 01234567'],
    ['channel', 'email', 'Surel', 'E-mail'],
    ['channel', 'pigeon', 'pigeon', 'pigeon'],
    ['giftChannel', 'qris', 'qris', 'qris'],
    ['occupation', 'buruh_tani', 'buruh tani', 'farm labourer'],
    ['occupation', 'old_code', 'old code', 'old code'],
    ['disability', 'yes', 'Penyandang disabilitas', 'People with a disability'],
    ['disability', 'no', 'Tanpa disabilitas', 'People without a disability'],
  ] as const)('of %s %s is called %s and %s', (dimension, group, id, en) => {
    expect(groupName(dimension, group)).toEqual({ id, en });
  });

  it('of nothing has a name in every dimension', () => {
    const names = DIMENSIONS.map((dimension) => groupName(dimension, NO_GROUP));
    for (const { id, en } of names) expect([id, en]).not.toContain(NO_GROUP);
    expect(groupName('donor', NO_GROUP)).toEqual({ id: 'Hamba Allah', en: 'Anonymous' });
  });

  it('of every occupation a roster may name has an English name', () => {
    for (const { code } of OCCUPATIONS) expect(groupName('occupation', code).en).not.toBe(code);
  });
});
