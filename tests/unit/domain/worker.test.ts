import { expect, it } from 'vitest';
import type { CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import type { WorkerId } from '../../../shared/domain/ids.ts';
import { newWorker, type WorkerProfile, waitingKeys } from '../../../shared/domain/worker.ts';

const profile: WorkerProfile = {
  region: '33.72',
  occupation: 'ojek',
  sector: 'transport',
  disability: false,
  mustahik: false,
  registrableUntilMonth: '2056-08' as CivilMonth,
  consentMessaging: true,
  language: 'id',
  source: 'dinsos',
  needsReview: false,
};
const since = '2026-11-20T07:58:20.000Z' as Instant;
const id = (text: string) => text as WorkerId;

it('waits from the start, unpaid and never covered', () => {
  expect(newWorker(profile, id('wrk_a'), since)).toMatchObject({
    workerId: 'wrk_a',
    state: 'waiting',
    waitingSince: since,
    paidMonths: new Set(),
    coverOrdinal: 0,
  });
});

it('stands in the queue of its region: the disability scheme first, then the oldest, then by id', () => {
  const later = '2026-11-21T00:00:00.000Z' as Instant;
  const queue = [
    newWorker(profile, id('wrk_b'), since),
    newWorker(profile, id('wrk_a'), since),
    newWorker(profile, id('wrk_0'), later),
    newWorker({ ...profile, disability: true }, id('wrk_z'), later),
  ].map(waitingKeys);
  expect(new Set(queue.map(({ waitingKey }) => waitingKey))).toEqual(new Set(['WAITING#33.72']));
  expect(queue.map(({ waitingSort }) => waitingSort).sort()).toEqual([
    `1#${later}#wrk_z`,
    `2#${since}#wrk_a`,
    `2#${since}#wrk_b`,
    `2#${later}#wrk_0`,
  ]);
});
