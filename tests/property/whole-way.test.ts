import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../shared/domain/canonical-event.ts';
import type { WorkerProfile } from '../../shared/domain/worker.ts';
import type { PaymentMessage } from '../../shared/messages.ts';
import { eventOf } from '../support/events.ts';
import { type Faults, interleaved } from '../support/faults.ts';
import { addWorkers, messageOf, type Notice, partnerMessage, send } from '../support/people-and-gifts.ts';
import { type Chance, chanceOf } from '../support/random.ts';
import { TestSystem } from '../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const DAY = 86_400;
/** Longer than three months, their grace and the last reminder. */
const UNTIL_SETTLED = 230;
/** All the money of a world renews a worker or two for some ten years. */
const AT_THE_LATEST = 4_000;

const worlds = fc.record({
  workers: fc.array(
    fc.record({
      sector: fc.constantFrom<WorkerProfile['sector']>('transport', 'non_transport'),
      region: fc.constantFrom('33.72', '33.73', '31.71'),
      disability: fc.boolean(),
      mustahik: fc.boolean(),
      consentMessaging: fc.boolean(),
    }),
    { minLength: 10, maxLength: 40 },
  ),
  gifts: fc.array(
    fc.record({
      amount: fc.integer({ min: 1, max: 200_000 }),
      feePercent: fc.integer({ min: 0, max: 10 }),
      partner: fc.constantFrom('kitabisa', 'kitabisa', 'baznas'),
      refunds: fc.oneof(
        { weight: 3, arbitrary: fc.constant<number[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.integer({ min: 1, max: 120_000 }), { maxLength: 2 }) },
      ),
      dispute: fc.constantFrom('none', 'none', 'none', 'none', 'lost', 'won', 'voided'),
      comesLate: fc.boolean(),
    }),
    { minLength: 5, maxLength: 30 },
  ),
  /** Gifts too small to be named in one transaction. */
  smallGifts: fc.constantFrom(0, 0, 0, 70),
  rejectEvery: fc.constantFrom(0, 0, 1, 3, 7),
  startsAt: fc.constantFrom('2026-11-20T03:00:00.000Z', '2026-11-30T16:55:00.000Z', '2026-12-31T16:57:00.000Z'),
  seed: fc.nat(),
});
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;
type Gift = World['gifts'][number];

function noticesOf({ amount, feePercent, partner, refunds, dispute }: Gift, number: number): Notice[] {
  const base = { paymentId: `p${number}`, partner: partner as 'kitabisa' | 'baznas' };
  return [
    { ...base, kind: 'pending', amount },
    { ...base, kind: 'paid', amount, fee: Math.floor((amount * feePercent) / 100) },
    ...refunds.map((refund, index): Notice => ({ ...base, kind: 'refunded', amount: refund, refundId: `r${index}` })),
    ...(dispute === 'lost' || dispute === 'won' ? [{ ...base, kind: 'charged_back', amount } as const] : []),
  ];
}

/** What other gateways tell and partners do not: a dispute that was won, a payment that was undone. */
function moreEventsOf({ amount, partner, dispute }: Gift, number: number): CanonicalEvent[] {
  const facts = { gateway: `partner:${partner}`, paymentId: `p${number}` };
  if (dispute === 'won') return [eventOf('reinstated', amount, facts)];
  return dispute === 'voided' ? [eventOf('failed', null, { ...facts, effect: 'void', voidsPayment: true })] : [];
}

async function messagesOf(gift: Gift, number: number): Promise<PaymentMessage[]> {
  const notices = await Promise.all(noticesOf(gift, number).map(partnerMessage));
  const more = await Promise.all(moreEventsOf(gift, number).map((event) => messageOf([event])));
  return [...notices, ...more];
}

function giftsOf({ gifts, smallGifts }: World, chance: Chance): Gift[] {
  const small = Array.from({ length: smallGifts }, (): Gift => {
    const dispute = chance.happens(0.05) ? 'won' : 'none';
    const refunds = chance.happens(0.1) ? [300] : [];
    return { amount: 300 + chance.below(700), feePercent: 0, partner: 'kitabisa', refunds, dispute, comesLate: false };
  });
  return [...gifts, ...small];
}

/** The messages of a world in one order of many, some of them twice; some only once the first are through. */
async function deliverGifts(world: World, chance: Chance): Promise<void> {
  const ofGifts = await Promise.all(giftsOf(world, chance).map(messagesOf));
  const all = ofGifts.flatMap((messages, index) =>
    messages.map((message) => ({ message, isLate: world.gifts[index]?.comesLate === true && chance.happens(0.5) })),
  );
  for (const isLate of [false, true]) {
    const now = all.filter((one) => one.isLate === isLate).map(({ message }) => message);
    for (const message of chance.shuffled([...now, ...now.filter(() => chance.happens(0.2))])) send(system, message);
    await drain(chance);
  }
}

function drain(chance: Chance): Promise<void> {
  return system.drain({ pick: chance.below, again: () => chance.happens(0.1), atOnce: chance.happens(0.5) });
}

/** Processes take turns by chance, and for a while the indexes show them the past. */
function disorder(chance: Chance): Faults {
  const turns = interleaved(chance.below);
  const before: Faults['before'] = async (call) => {
    if (chance.happens(0.02)) system.table.indexesLag = chance.happens(0.5);
    if (chance.happens(0.05)) system.table.catchUp();
    await turns.before?.(call);
  };
  return { ...turns, before };
}

/**
 * Lets the months go by until the last cover has lapsed: what is left of the money renews those whose cover ends. The
 * sweeper alone sees to what is due, and not on every day.
 */
async function liveOn(chance: Chance): Promise<void> {
  const runsOn = () => system.rows('cohort').some(({ settledAt }) => settledAt === undefined);
  for (let day = 0; day < UNTIL_SETTLED || (runsOn() && day < AT_THE_LATEST); ) {
    const days = 1 + chance.below(20);
    day += days;
    system.pass(days * DAY);
    system.table.catchUp();
    if (chance.happens(0.7)) await system.startCohorts();
    await system.sweep();
    await drain(chance);
  }
}

async function run(world: World): Promise<void> {
  const chance = chanceOf(world.seed);
  const registrar = { kind: 'simulator', acceptAfter: 'PT10M', rejectEvery: world.rejectEvery };
  system.newWorld({ startsAt: world.startsAt, settings: { registrar, lifecycle: { groups: 2, shards: 2 } } });
  system.faults = disorder(chance);
  const early = world.workers.slice(0, chance.below(world.workers.length));
  await addWorkers(system, early);
  await deliverGifts(world, chance);
  await addWorkers(system, world.workers.slice(early.length), early.length);
  await liveOn(chance);
}

describe('any world of workers, gifts, refunds and refusals', () => {
  it('ends with proved books, nothing due, nothing dead, and every month of every cover paid', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        await run(world);
        expect(await system.prove()).toMatchObject({ holds: true, checked: { workers: world.workers.length } });
        expect(system.dead()).toEqual([]);
        // What a channel has not settled waits for its statement, not for us.
        const ours = system.rows().filter(({ type }) => type !== 'settlement');
        expect(ours.filter(({ dueKey }) => dueKey !== undefined)).toEqual([]);
        expect(system.rows('donation').filter(({ reattributeRupiah }) => reattributeRupiah !== 0)).toEqual([]);
        expect(system.rows('quarantine')).toEqual([]);
        const covers = system.rows('cover').filter(({ state }) => state !== 'rejected');
        for (const { state, months, monthsPaid } of covers)
          expect([state, monthsPaid]).toEqual(['active', (months as unknown[]).length]);
        expect(system.rows('cohort').filter(({ settledAt }) => settledAt === undefined)).toEqual([]);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000 },
    );
  });
});
