/** The people of a world. All that is personal about them is recognisable, so that it is found wherever it leaks (I9). */
import type { CivilDate, CivilMonth, Instant } from '../../shared/domain/dates.ts';
import type { ImportId } from '../../shared/domain/ids.ts';
import type { Nik } from '../../shared/domain/nik.ts';
import type { Person, WorkerProfile } from '../../shared/domain/worker.ts';
import { newWorker } from '../../shared/domain/worker.ts';
import { putIfAbsent } from '../../shared/store/table.ts';
import { newWorkerPut } from '../../shared/store/workers.ts';
import type { Chance } from '../support/random.ts';

/** Names, numbers, phones and mail addresses of this world, in text or as JSON. */
export const PERSONAL = /Zqxina|zqx\.donor|3299\d{12}|62899\d{7}/;

const REGIONS = ['33.72', '33.73', '31.71'];
const ARRIVED = Date.parse('2026-10-01T02:00:00Z');

function personOf(number: number, hasPhone: boolean): Person {
  const serial = String(number).padStart(4, '0');
  return {
    nik: `329901010190${serial}` as Nik,
    name: `Zqxina ${serial}`,
    birthDate: '1990-01-01' as CivilDate,
    sex: 'male',
    phone: hasPhone ? `+62899000${serial}` : null,
    monthlyIncomeRupiah: null,
  };
}

function profileOf(chance: Chance): WorkerProfile {
  const sector = chance.happens(0.5) ? 'transport' : 'non_transport';
  return {
    region: REGIONS[chance.below(REGIONS.length)] as string,
    occupation: sector === 'transport' ? 'ojek' : 'buruh',
    sector,
    disability: chance.happens(0.1),
    mustahik: chance.happens(0.4),
    registrableUntilMonth: '2056-08' as CivilMonth,
    consentMessaging: chance.happens(0.9),
    language: chance.happens(0.5) ? 'id' : 'en',
    source: 'dinsos',
    needsReview: false,
  };
}

export interface Newcomer {
  readonly number: number;
  readonly profile: WorkerProfile;
  readonly hasPhone: boolean;
}

export function newcomersOf(chance: Chance, count: number): Newcomer[] {
  return Array.from({ length: count }, (_, number) => ({
    number,
    profile: profileOf(chance),
    hasPhone: chance.happens(0.9),
  }));
}

/** Puts one person into the vault and in line. */
export async function enlist({ number, profile, hasPhone }: Newcomer): Promise<void> {
  // Loaded late: the vault reads its keys from services that stand by then.
  const { vault } = await import('../../shared/adapters/vault.ts');
  const since = new Date(ARRIVED + number * 60_000).toISOString() as Instant;
  const origin = { importId: 'imp_simulation' as ImportId, line: number };
  await vault.registerPerson(personOf(number, hasPhone), origin, (workerId) => [
    newWorkerPut(newWorker(profile, workerId, since)),
  ]);
  await putIfAbsent({ pk: 'REGIONS', sk: profile.region, type: 'region' });
}
