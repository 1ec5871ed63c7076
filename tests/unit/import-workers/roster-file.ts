/** Synthetic people: the area code 00 does not exist. */
import { ROSTER_COLUMNS } from '../../../shared/domain/roster.ts';

export function rosterLine(
  serial: number,
  changes: Partial<Record<(typeof ROSTER_COLUMNS)[number], string>> = {},
): string {
  const line = {
    nik: `00${String(Math.floor(serial / 10_000)).padStart(4, '0')}570890${String(serial % 10_000).padStart(4, '0')}`,
    name: `Sri ${serial}`,
    birth_date: '1990-08-17',
    sex: 'P',
    phone: '081234567890',
    region: '33.72',
    occupation: 'pedagang',
    disability: 'tidak',
    monthly_income: '',
    source: 'dinsos',
    consent_messaging: 'ya',
    language: 'id',
    ...changes,
  };
  return ROSTER_COLUMNS.map((column) => line[column]).join(',');
}

export function rosterFile(...lines: string[]): Uint8Array {
  return Buffer.from([ROSTER_COLUMNS.join(','), ...lines, ''].join('\n'));
}
