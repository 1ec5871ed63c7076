/** The people of a world. All that is personal about them is recognisable, so that it is found wherever it leaks (I9). */
import type { Nik } from '../../shared/domain/nik.ts';
import { ROSTER_COLUMNS, type RosterRecord } from '../../shared/domain/roster.ts';
import type { Chance } from '../support/random.ts';

/** Names, numbers, phones and mail addresses of this world, in text or as JSON. */
export const PERSONAL = /Zqxina|zqx\.donor|3299\d{12}|62899\d{7}/;

/** In every zone of the country. */
const REGIONS = ['33.72', '33.72', '33.73', '31.71', '73.71', '91.71'];

function pick<Value>(chance: Chance, values: readonly Value[]): Value {
  return values[chance.below(values.length)] as Value;
}

/** One person as a line of a roster. */
function newcomerOf(chance: Chance, number: number): RosterRecord {
  const serial = String(number).padStart(4, '0');
  return {
    nik: `329901010190${serial}`,
    name: `Zqxina ${serial.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] as string)}`,
    birth_date: '1990-01-01',
    sex: 'L',
    phone: chance.happens(0.9) ? `+62899000${serial}` : '',
    region: pick(chance, REGIONS),
    occupation: pick(chance, ['ojek', 'buruh']),
    disability: chance.happens(0.1) ? 'ya' : 'tidak',
    monthly_income: '',
    source: chance.happens(0.4) ? 'baznas:simulation' : 'dinsos',
    consent_messaging: chance.happens(0.9) ? 'ya' : 'tidak',
    language: pick(chance, ['id', 'en']),
  };
}

export function newcomersOf(chance: Chance, count: number): RosterRecord[] {
  return Array.from({ length: count }, (_, number) => newcomerOf(chance, number));
}

/** A file as an office sends it: now and then a line of it is a person it named before, or no person at all. */
export function rosterOf(chance: Chance, people: readonly RosterRecord[], known: readonly RosterRecord[]): string {
  const lines = people.flatMap((person) => [
    lineOf(person),
    ...(known.length > 0 && chance.happens(0.1) ? [lineOf(pick(chance, known))] : []),
    ...(chance.happens(0.1) ? [lineOf(person)] : []),
    ...(chance.happens(0.05) ? [lineOf({ ...person, nik: '3.3E+15' })] : []),
  ]);
  return [ROSTER_COLUMNS.join(','), ...lines].join('\n');
}

function lineOf(person: RosterRecord): string {
  return ROSTER_COLUMNS.map((column) => person[column]).join(',');
}

export function nikOf({ nik }: RosterRecord): Nik {
  return nik as Nik;
}
