/** Synthetic workers: their NIKs carry the area code 00, which no place has. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { ImportResult } from './contract.ts';

export const HEADER =
  'nik,name,birth_date,sex,phone,region,occupation,disability,monthly_income,source,consent_messaging,language';

export interface RosterPerson {
  readonly nik: string;
  readonly name: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly phone: string;
  readonly region: string;
  readonly occupation: string;
  readonly disability: string;
  readonly monthlyIncome: string;
  readonly source: string;
  readonly consentMessaging: string;
  readonly language: string;
}

const BIRTH_DAYS = 5_000;

/** The n-th man of the list; no two share a number. */
export function person(number: number, given: Partial<RosterPerson> = {}): RosterPerson {
  const birthDate = new Date(Date.UTC(1980, 0, 1 + (number % BIRTH_DAYS))).toISOString().slice(0, 10);
  const [year = '', month = '', day = ''] = birthDate.split('-');
  return {
    nik: `003372${day}${month}${year.slice(2)}${String(1 + Math.floor(number / BIRTH_DAYS)).padStart(4, '0')}`,
    name: `Contoh Pekerja ${number}`,
    birthDate,
    sex: 'L',
    phone: `0812${String(10_000_000 + number)}`,
    region: '33.72',
    occupation: 'pedagang',
    disability: 'tidak',
    monthlyIncome: '1000000',
    source: 'dinsos-surakarta',
    consentMessaging: 'ya',
    language: 'id',
    ...given,
  };
}

export function line(worker: RosterPerson): string {
  const { nik, name, birthDate, sex, phone, region, occupation, disability } = worker;
  const { monthlyIncome, source, consentMessaging, language } = worker;
  const fields = [nik, name, birthDate, sex, phone, region, occupation, disability, monthlyIncome, source];
  return [...fields, consentMessaging, language].join(',');
}

export function roster(people: readonly RosterPerson[], ending = '\n'): string {
  return [HEADER, ...people.map(line), ''].join(ending);
}

/** Numbers `first` to `first + count - 1`. */
export function people(first: number, count: number, given: Partial<RosterPerson> = {}): RosterPerson[] {
  return Array.from({ length: count }, (_, index) => person(first + index, given));
}

export function postRoster(client: Client, csv: string | Uint8Array) {
  const headers = { authorization: `Bearer ${client.token}`, 'content-type': 'text/csv' };
  return client.request<{ importId: string }>('POST', '/api/worker-imports', { headers, body: csv });
}

const LOOK_EVERY_MILLISECONDS = 25;
/** Nearly the time a test has: a busy machine is no fault. */
const PATIENCE_MILLISECONDS = 55_000;

/** Hands a roster in and waits for the result. */
export async function importRoster(client: Client, csv: string | Uint8Array): Promise<ImportResult> {
  const { status, body } = await postRoster(client, csv);
  if (status !== 202) throw new Error(`the roster was answered ${status}: ${JSON.stringify(body)}`);
  const giveUp = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const result = await client.must<ImportResult>('GET', `/api/worker-imports/${body.importId}`);
    if (result.state === 'done') return result;
    if (Date.now() > giveUp) throw new Error(`import ${body.importId} is still ${result.state}`);
    await sleep(LOOK_EVERY_MILLISECONDS);
  }
}
