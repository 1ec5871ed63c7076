/**
 * The roster of the example: 1,000 synthetic informal workers of Surakarta (33.72) as a social-affairs office would
 * send them, with the faults such lists have. No person is real: every NIK begins with the area code 00, which does
 * not exist, and every phone number lies in 0812-0000-xxxx.
 *
 * `node infra/local/example/roster.ts > roster.csv` writes it as a file.
 */
import { pathToFileURL } from 'node:url';
import { type Chance, chanceFrom } from './random.ts';

export const ROSTER_REGION = '33.72';
export const VALID_WORKERS = 1_000;

const HEADER = [
  'nik',
  'name',
  'birth_date',
  'sex',
  'phone',
  'region',
  'occupation',
  'disability',
  'monthly_income',
  'source',
  'consent_messaging',
  'language',
] as const;
type Column = (typeof HEADER)[number];
export type RosterLine = Readonly<Record<Column, string>>;

const GIVEN_NAMES = {
  L: 'Agus Bambang Budi Darmanto Eko Gunawan Hadi Heru Joko Karno Marno Mulyono Parjo Slamet Sugeng Suparman Sutrisno Tarno Wahyu Yanto',
  P: 'Endang Hartini Kartini Lestari Marni Murni Ngatmi Partini Rini Rukmini Siti Sri Sulastri Sumarni Suparti Sutini Tukinem Wahyuni Warsini Yuliana',
};
const FAMILY_NAMES =
  'Handayani Hartono Kusuma Lestari Nugroho Prabowo Pranoto Purnomo Raharjo Rahayu Santoso Saputra Setiawan Suharto Susilo Utomo Wibowo Widodo Wijaya Yulianto';

/** How often each occupation stands in the list; the first three are transport and cost less while PP 50/2025 lasts. */
const OCCUPATIONS: readonly (readonly [occupation: string, weight: number])[] = [
  ['ojek', 22],
  ['kurir', 9],
  ['pengemudi', 9],
  ['buruh', 26],
  ['pedagang', 28],
  ['petani', 5],
  ['nelayan', 1],
];

function occupationFrom(chance: Chance): string {
  let point = chance.between(1, 100);
  for (const [occupation, weight] of OCCUPATIONS) {
    point -= weight;
    if (point <= 0) return occupation;
  }
  return 'buruh';
}

/** The word of the zakat body that this worker is entitled to zakat. */
const ENTITLED_TO_ZAKAT = 'baznas:surakarta-2026';

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** Province 00 does not exist; the day of birth of a woman is written 40 higher. */
function nikOf(birthDate: string, sex: string, serial: number): string {
  const day = Number(birthDate.slice(8, 10)) + (sex === 'P' ? 40 : 0);
  const date = `${twoDigits(day)}${birthDate.slice(5, 7)}${birthDate.slice(2, 4)}`;
  return `003372${date}${String(serial).padStart(4, '0')}`;
}

function birthDateFrom(chance: Chance, earliestYear: number, latestYear: number): string {
  return `${chance.between(earliestYear, latestYear)}-${twoDigits(chance.between(1, 12))}-${twoDigits(chance.between(1, 28))}`;
}

/** Born 1968 to 2005: neither too young nor too old whenever the example is played in these years. */
function worker(chance: Chance, serial: number, birthDate = birthDateFrom(chance, 1968, 2005)): RosterLine {
  const sex = chance.pick(['L', 'P'] as const);
  return {
    nik: nikOf(birthDate, sex, serial),
    name: `${chance.pick(GIVEN_NAMES[sex].split(' '))} ${chance.pick(FAMILY_NAMES.split(' '))}`,
    birth_date: birthDate,
    sex,
    // Without a number or without consent a worker is covered all the same, and never nudged.
    phone: chance.happens(2) ? '' : `08120000${String(serial).padStart(4, '0')}`,
    region: ROSTER_REGION,
    occupation: occupationFrom(chance),
    disability: chance.happens(4) ? 'ya' : 'tidak',
    monthly_income: String(chance.between(6, 22) * 100_000),
    source: chance.happens(2) ? ENTITLED_TO_ZAKAT : 'dinsos-surakarta-2026',
    consent_messaging: chance.happens(3) ? 'tidak' : 'ya',
    language: chance.happens(2) ? 'en' : 'id',
  };
}

type Fault = (line: RosterLine, chance: Chance) => RosterLine;

/** Lines the import must refuse, each for its own reason. */
const FAULTS: readonly (readonly [lines: number, fault: Fault])[] = [
  // A spreadsheet made a number of it.
  [6, (line) => ({ ...line, nik: '3,372E+14' })],
  [7, (line) => ({ ...line, nik: line.nik.slice(0, 15) })],
  [5, (line) => ({ ...line, nik: `${line.nik.slice(0, 6)}00${line.nik.slice(8)}` })],
  [9, (line, chance) => ({ ...line, birth_date: birthDateFrom(chance, 2016, 2019) })],
  [8, (line, chance) => ({ ...line, birth_date: birthDateFrom(chance, 1938, 1949) })],
  [4, (line) => ({ ...line, birth_date: '31/02/1980' })],
  [7, (line) => ({ ...line, phone: line.phone.slice(0, 6) })],
  [5, (line) => ({ ...line, region: 'Surakarta' })],
  [3, (line) => ({ ...line, occupation: 'PNS' })],
  [2, (line) => ({ ...line, name: '' })],
];

const DUPLICATE_LINES = 28;

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Deals the faulty lines out over the list, as they lie in real ones. */
function dealtInto(lines: readonly RosterLine[], faulty: readonly RosterLine[], chance: Chance): RosterLine[] {
  const dealt = [...lines];
  for (const line of faulty) dealt.splice(chance.between(1, dealt.length), 0, line);
  return dealt;
}

/** @param workers how many of them can be registered; the faulty lines are the same ones in a smaller list */
export function rosterLines(workers = VALID_WORKERS): RosterLine[] {
  const chance = chanceFrom(3372);
  const valid = Array.from({ length: workers }, (_, index) => worker(chance, index + 1));
  let serial = workers;
  const faulty = FAULTS.flatMap(([count, fault]) =>
    Array.from({ length: count }, () => {
      serial += 1;
      return fault(worker(chance, serial), chance);
    }),
  );
  // The same person again, typed by another office.
  const again = Array.from({ length: DUPLICATE_LINES }, () => {
    const line = chance.pick(valid);
    return { ...line, name: line.name.toUpperCase(), source: 'kelurahan-2026' };
  });
  return dealtInto(valid, [...faulty, ...again], chance);
}

/** With byte order mark and CRLF, as spreadsheets write it. */
export function rosterCsv(workers = VALID_WORKERS): string {
  const lines = rosterLines(workers).map((line) => HEADER.map((column) => csvField(line[column])).join(','));
  return `\uFEFF${[HEADER.join(','), ...lines].join('\r\n')}\r\n`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(rosterCsv());
}
