/** Reminders that come at night, as after an outage: they wait for the morning where the worker lives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../infra/local/engine.ts';
import { sendNudges } from '../../shared/adapters/queues.ts';
import type { CivilDate } from '../../shared/domain/dates.ts';
import type { CohortId, CoverId } from '../../shared/domain/ids.ts';
import { configurationSchema } from '../../shared/settings.ts';
import { Client } from './support/client.ts';
import type { OutboxMessage, PledgeAnswer } from './support/contract.ts';
import { newPayment, notify, SERVER_KEY } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { isDeployed } from './support/system.ts';
import { at } from './support/wib.ts';

/** Two of each, so that one page comes a minute before eight in the evening of its zone and one at eight. */
const CITIES = [
  {
    city: 'Jayapura',
    region: '91.71',
    lastMinute: '17:59',
    evening: '18:00',
    beforeMorning: '05:59',
    morning: '06:01',
    sentAt: '2027-02-09T23:00:00.000Z',
  },
  {
    city: 'Makassar',
    region: '73.71',
    lastMinute: '18:59',
    evening: '19:00',
    beforeMorning: '06:59',
    morning: '07:01',
    sentAt: '2027-02-10T00:00:00.000Z',
  },
  {
    city: 'Jakarta',
    region: '31.71',
    lastMinute: '19:59',
    evening: '20:00',
    beforeMorning: '07:59',
    morning: '08:01',
    sentAt: '2027-02-10T01:00:00.000Z',
  },
] as const;
const TERM_RUPIAH = 42_000;
interface Covered {
  readonly coverId: CoverId;
  readonly workerId: string;
}

/** No step of ours, so that nothing else sends it; the lifecycle's own are sent at nine. */
const STEP = 'T-20';
const END_DATE = '2027-03-01' as CivilDate;

describe.skipIf(isDeployed)('a reminder that comes at night', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-quiet-hours-'));
  let engine: Engine;
  let client: Client;
  let coverOf: Map<string, Covered[]>;

  beforeAll(async () => {
    const configuration = configurationSchema.parse({ gateways: { midtrans: { serverKeys: [SERVER_KEY] } } });
    const startMilliseconds = Date.parse(at('2026-12-01', '09:00'));
    engine = await startEngine({ data: folder, port: 0, speed: 0, startMilliseconds, configuration });
    client = new Client(engine.url, engine.operatorToken);
    const workers = CITIES.flatMap(({ region }, index) =>
      [1, 2].map((number) => person(10 * index + number, { region, occupation: 'pedagang' })),
    );
    await importRoster(client, roster(workers));
    await pay(workers.length * TERM_RUPIAH);
    await engine.advanceTo(at('2026-12-01', '09:20'));
    const covered = (await client.workers()).map(({ region, coverId, workerId }) => ({
      region,
      cover: { coverId: coverId as CoverId, workerId },
    }));
    coverOf = new Map(
      CITIES.map(({ city, region }) => [
        city,
        covered.filter((each) => each.region === region).map(({ cover }) => cover),
      ]),
    );
    await engine.advanceTo(at('2027-02-09', '12:00'));
  }, 60_000);
  afterAll(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const two = (city: string) => coverOf.get(city) as unknown as [Covered, Covered];

  async function pay(amount: number, orderId?: string): Promise<void> {
    const payment = newPayment(amount, Date.parse(engine.clock.now()), orderId ? { orderId } : {});
    expect((await notify(client, payment, 'settlement')).status).toBe(200);
    await engine.drain();
  }

  async function page(coverId: CoverId): Promise<void> {
    const cohortId = '2026-12-01-g00' as CohortId;
    await sendNudges([{ contractVersion: 1, cohortId, step: STEP, endDate: END_DATE, coverIds: [coverId] }]);
    await engine.drain();
  }

  const sent = async (coverId: CoverId) =>
    (await client.list<OutboxMessage>('/local/outbox')).filter(
      (each) => each.coverId === coverId && each.step === STEP,
    );
  const reminders = async (coverId: CoverId) =>
    (await client.nudges(coverId)).filter(({ step }) => step === STEP).map(({ state, reason }) => [state, reason]);

  it.each(CITIES)('goes out in $city until a minute before eight, and waits from eight', async (place) => {
    const [first, second] = two(place.city);
    await engine.advanceTo(at('2027-02-09', place.lastMinute));
    await page(first.coverId);
    expect(await sent(first.coverId)).toHaveLength(1);
    await engine.advanceTo(at('2027-02-09', place.evening));
    await page(second.coverId);
    expect(await sent(second.coverId)).toEqual([]);
    // Held, it has no row yet: it is asked again in the morning.
    expect(await reminders(second.coverId)).toEqual([]);
  });

  it('may be overtaken: a donor renews the worker in Makassar while it waits', async () => {
    const [, { workerId }] = two('Makassar');
    const pledge = await client.must<PledgeAnswer>('POST', '/api/pledges', {
      donor: { kind: 'individual', name: 'Rina' },
      workers: 1,
      earmark: { workers: [workerId] },
    });
    await pay(pledge.amountRupiah, pledge.orderReference);
  });

  it.each(CITIES)('goes out when it is eight in the morning in $city, and only to whom it still may', async (place) => {
    const [, { coverId }] = two(place.city);
    await engine.advanceTo(at('2027-02-10', place.beforeMorning));
    expect(await sent(coverId)).toEqual([]);
    await engine.advanceTo(at('2027-02-10', place.morning));
    const messages = await sent(coverId);
    expect(messages.map(({ sentAt }) => sentAt)).toEqual(place.city === 'Makassar' ? [] : [place.sentAt]);
    const told = place.city === 'Makassar' ? ['skipped', 'cover_renewed'] : ['sent', null];
    expect(await reminders(coverId)).toEqual([told]);
  });

  it('used up none of its tries: nothing died, nothing waits', async () => {
    for (const { ready, inFlight, dead } of await client.queues()) expect([ready, inFlight, dead]).toEqual([0, 0, 0]);
  });
});
