import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { OCCUPATIONS, readOccupation, sectorOf } from '../../../shared/domain/occupations.ts';

/** Written out once more: a code that slips into the other sector changes what its workers' cover costs (I6). */
const TRANSPORT: Readonly<Record<string, string>> = {
  ojek: 'ojek_online ojek_daring ojol tukang_ojek',
  kurir: 'kurir_paket',
  pengemudi: 'sopir supir pengemudi_online pengemudi_angkot',
  pengayuh_becak: 'tukang_becak becak',
  kernet: 'kenek',
};
const NON_TRANSPORT: Readonly<Record<string, string>> = {
  buruh: 'buruh_harian_lepas buruh_lepas',
  buruh_tani: '',
  buruh_bangunan: 'kuli_bangunan',
  buruh_gendong: 'kuli_panggul',
  pedagang: 'pedagang_keliling pedagang_kaki_lima',
  pedagang_asongan: 'asongan',
  petani: '',
  peternak: '',
  nelayan: '',
  pemulung: '',
  petugas_kebersihan: 'tukang_sampah',
  tukang: 'tukang_bangunan tukang_kayu tukang_batu',
  juru_parkir: 'tukang_parkir',
  penjahit: '',
  perajin: 'pengrajin',
  asisten_rumah_tangga: 'art pembantu_rumah_tangga',
  pengasuh: '',
  guru_mengaji: 'guru_ngaji',
  marbot: 'merbot',
  relawan: '',
};

describe.each([
  ['transport', TRANSPORT],
  ['non_transport', NON_TRANSPORT],
] as const)('of the sector %s', (sector, codes) => {
  it('are these occupations and no others', () => {
    const ofSector = OCCUPATIONS.filter((row) => row.sector === sector).map(({ code }) => code);
    expect(ofSector).toEqual(Object.keys(codes));
  });

  it.each(Object.entries(codes))('%s is known, also as "%s", since the tariff is', (code, others) => {
    expect(sectorOf(code)).toBe(sector);
    for (const word of [code, ...others.split(' ').filter((other) => other !== '')]) {
      expect(readOccupation(word, '2015-07-01' as CivilDate)).toBe(code);
      expect(readOccupation(word, '2015-06-30' as CivilDate)).toBeUndefined();
    }
  });
});
