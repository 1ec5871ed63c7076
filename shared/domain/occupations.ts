/**
 * The occupations a roster may name, as dated data: a code stays readable for ever, but a new worker can only be
 * registered under one that is in force. The sector decides the tariff (I6); which work counts as transport is set by
 * PP 50/2025, so it is data here and nowhere else.
 */
import type { CivilDate } from './dates.ts';
import type { Sector } from './tariff.ts';

interface OccupationRow {
  readonly code: string;
  readonly sector: Sector;
  readonly fromDate: CivilDate;
  /** First day on which the code can no longer be used; absent while it can. */
  readonly untilDate?: CivilDate;
  /** As people and spreadsheets also write it. */
  readonly alsoWritten?: readonly string[];
}

const START = '2015-07-01' as CivilDate;

function inForceFromStart(code: string, sector: Sector, ...alsoWritten: string[]): OccupationRow {
  return { code, sector, fromDate: START, alsoWritten };
}

export const OCCUPATIONS: readonly OccupationRow[] = [
  inForceFromStart('ojek', 'transport', 'ojek_online', 'ojek_daring', 'ojol', 'tukang_ojek'),
  inForceFromStart('kurir', 'transport', 'kurir_paket'),
  inForceFromStart('pengemudi', 'transport', 'sopir', 'supir', 'pengemudi_online', 'pengemudi_angkot'),
  inForceFromStart('pengayuh_becak', 'transport', 'tukang_becak', 'becak'),
  inForceFromStart('kernet', 'transport', 'kenek'),
  inForceFromStart('buruh', 'non_transport', 'buruh_harian_lepas', 'buruh_lepas'),
  inForceFromStart('buruh_tani', 'non_transport'),
  inForceFromStart('buruh_bangunan', 'non_transport', 'kuli_bangunan'),
  inForceFromStart('buruh_gendong', 'non_transport', 'kuli_panggul'),
  inForceFromStart('pedagang', 'non_transport', 'pedagang_keliling', 'pedagang_kaki_lima'),
  inForceFromStart('pedagang_asongan', 'non_transport', 'asongan'),
  inForceFromStart('petani', 'non_transport'),
  inForceFromStart('peternak', 'non_transport'),
  inForceFromStart('nelayan', 'non_transport'),
  inForceFromStart('pemulung', 'non_transport'),
  inForceFromStart('petugas_kebersihan', 'non_transport', 'tukang_sampah'),
  inForceFromStart('tukang', 'non_transport', 'tukang_bangunan', 'tukang_kayu', 'tukang_batu'),
  inForceFromStart('juru_parkir', 'non_transport', 'tukang_parkir'),
  inForceFromStart('penjahit', 'non_transport'),
  inForceFromStart('perajin', 'non_transport', 'pengrajin'),
  inForceFromStart('asisten_rumah_tangga', 'non_transport', 'art', 'pembantu_rumah_tangga'),
  inForceFromStart('pengasuh', 'non_transport'),
  inForceFromStart('guru_mengaji', 'non_transport', 'guru_ngaji'),
  inForceFromStart('marbot', 'non_transport', 'merbot'),
  inForceFromStart('relawan', 'non_transport'),
];

/** The code for what a list says on a day, or undefined. */
export function readOccupation(
  text: string,
  today: CivilDate,
  rows: readonly OccupationRow[] = OCCUPATIONS,
): string | undefined {
  const written = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  const inForce = rows.filter((row) => row.fromDate <= today && (!row.untilDate || today < row.untilDate));
  return inForce.find((row) => row.code === written || row.alsoWritten?.includes(written))?.code;
}

/** The sector of a code, in force or not: an old worker keeps the sector of an old code. */
export function sectorOf(occupation: string): Sector {
  return OCCUPATIONS.find((row) => row.code === occupation)?.sector ?? 'non_transport';
}
