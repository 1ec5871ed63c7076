/** What groups of figures are called, for people. Provinces by the codes of the interior ministry (Permendagri 72/2019, UU 14–16 and 29/2022). */

import { type CivilDate, isCivilDate } from './dates.ts';
import { formatDay } from './nudge-texts.ts';

export interface GroupName {
  readonly id: string;
  readonly en: string;
}

const PROVINCES: Readonly<Record<string, readonly [id: string, en: string]>> = {
  11: ['Aceh', 'Aceh'],
  12: ['Sumatera Utara', 'North Sumatra'],
  13: ['Sumatera Barat', 'West Sumatra'],
  14: ['Riau', 'Riau'],
  15: ['Jambi', 'Jambi'],
  16: ['Sumatera Selatan', 'South Sumatra'],
  17: ['Bengkulu', 'Bengkulu'],
  18: ['Lampung', 'Lampung'],
  19: ['Kepulauan Bangka Belitung', 'Bangka Belitung Islands'],
  21: ['Kepulauan Riau', 'Riau Islands'],
  31: ['DKI Jakarta', 'Jakarta'],
  32: ['Jawa Barat', 'West Java'],
  33: ['Jawa Tengah', 'Central Java'],
  34: ['DI Yogyakarta', 'Yogyakarta'],
  35: ['Jawa Timur', 'East Java'],
  36: ['Banten', 'Banten'],
  51: ['Bali', 'Bali'],
  52: ['Nusa Tenggara Barat', 'West Nusa Tenggara'],
  53: ['Nusa Tenggara Timur', 'East Nusa Tenggara'],
  61: ['Kalimantan Barat', 'West Kalimantan'],
  62: ['Kalimantan Tengah', 'Central Kalimantan'],
  63: ['Kalimantan Selatan', 'South Kalimantan'],
  64: ['Kalimantan Timur', 'East Kalimantan'],
  65: ['Kalimantan Utara', 'North Kalimantan'],
  71: ['Sulawesi Utara', 'North Sulawesi'],
  72: ['Sulawesi Tengah', 'Central Sulawesi'],
  73: ['Sulawesi Selatan', 'South Sulawesi'],
  74: ['Sulawesi Tenggara', 'Southeast Sulawesi'],
  75: ['Gorontalo', 'Gorontalo'],
  76: ['Sulawesi Barat', 'West Sulawesi'],
  81: ['Maluku', 'Maluku'],
  82: ['Maluku Utara', 'North Maluku'],
  91: ['Papua', 'Papua'],
  92: ['Papua Barat', 'West Papua'],
  93: ['Papua Selatan', 'South Papua'],
  94: ['Papua Tengah', 'Central Papua'],
  95: ['Papua Pegunungan', 'Highland Papua'],
  96: ['Papua Barat Daya', 'Southwest Papua'],
};

const OCCUPATIONS_IN_ENGLISH: Readonly<Record<string, string>> = {
  ojek: 'motorcycle-taxi driver',
  kurir: 'courier',
  pengemudi: 'driver',
  pengayuh_becak: 'pedicab driver',
  kernet: 'conductor',
  buruh: 'day labourer',
  buruh_tani: 'farm labourer',
  buruh_bangunan: 'construction labourer',
  buruh_gendong: 'porter',
  pedagang: 'trader',
  pedagang_asongan: 'street hawker',
  petani: 'farmer',
  peternak: 'livestock keeper',
  nelayan: 'fisher',
  pemulung: 'waste picker',
  petugas_kebersihan: 'cleaner',
  tukang: 'craftsman',
  juru_parkir: 'parking attendant',
  penjahit: 'tailor',
  perajin: 'artisan',
  asisten_rumah_tangga: 'domestic worker',
  pengasuh: 'carer',
  guru_mengaji: 'Koran teacher',
  marbot: 'mosque caretaker',
  relawan: 'volunteer',
};

const MESSAGE_CHANNELS: Readonly<Record<string, GroupName>> = {
  whatsapp: { id: 'WhatsApp', en: 'WhatsApp' },
  sms: { id: 'SMS', en: 'SMS' },
  email: { id: 'Surel', en: 'E-mail' },
};

/** The key of what belongs to no group: no donor known, no campaign, no message. */
export const NO_GROUP = 'none';

const NONE: Readonly<Record<Dimension, GroupName>> = {
  cohort: { id: 'Tanpa kelompok mulai', en: 'No start' },
  arm: { id: 'Di luar kampanye', en: 'In no campaign' },
  region: { id: 'Wilayah tidak diketahui', en: 'Region not known' },
  donor: { id: 'Hamba Allah', en: 'Anonymous' },
  channel: { id: 'Tanpa pesan', en: 'No message' },
  giftChannel: { id: 'Kanal tidak diketahui', en: 'Channel not known' },
  occupation: { id: 'Pekerjaan tidak diketahui', en: 'Occupation not known' },
  disability: { id: 'Tidak diketahui', en: 'Not known' },
};

/** `channel`: of the last reminder that went out; `giftChannel`: the one the gift came through. */
export const DIMENSIONS = [
  'cohort',
  'arm',
  'region',
  'donor',
  'channel',
  'giftChannel',
  'occupation',
  'disability',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const both = (name: string): GroupName => ({ id: name, en: name });

const NAMES: Readonly<Record<Dimension, (group: string) => GroupName>> = {
  cohort: cohortName,
  arm: both,
  region: (region) => {
    const [id, en] = PROVINCES[region.slice(0, 2)] ?? ['', ''];
    return id === '' ? both(region) : { id: `${region}, ${id}`, en: `${region}, ${en}` };
  },
  donor: (donorId) => {
    const short = donorId.slice('dnr_'.length, 'dnr_'.length + 8);
    return { id: `Donatur ${short}`, en: `Donor ${short}` };
  },
  channel: (channel) => MESSAGE_CHANNELS[channel] ?? both(channel),
  giftChannel: both,
  occupation: (code) => {
    const id = code.replaceAll('_', ' ');
    return { id, en: OCCUPATIONS_IN_ENGLISH[code] ?? id };
  },
  disability: (group) =>
    group === 'yes'
      ? { id: 'Penyandang disabilitas', en: 'People with a disability' }
      : { id: 'Tanpa disabilitas', en: 'People without a disability' },
};

/** `2026-12-01` or `2026-12-01-m06`: as cohorts are called, without their technical groups. */
function cohortName(cohort: string): GroupName {
  const start = cohort.slice(0, 10);
  if (!isCivilDate(start)) return both(cohort);
  const months = Number(/-m(\d+)/.exec(cohort)?.[1] ?? 3);
  return {
    id: `Mulai ${formatDay(start as CivilDate, 'id')}, ${months} bulan`,
    en: `Started ${formatDay(start as CivilDate, 'en')}, ${months} months`,
  };
}

export function groupName(dimension: Dimension, group: string): GroupName {
  return group === NO_GROUP ? NONE[dimension] : NAMES[dimension](group);
}
