/**
 * The engine is killed at random moments of a campaign and started again on its folder. A sender behaves as gateways
 * do: what was not acknowledged is sent again, what was acknowledged is not. The end is that of a run nobody disturbed.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { provenBalances } from './support/books.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { give, newGift } from './support/partner.ts';
import { importRoster, people, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem, temporaryFolder } from './support/system.ts';
import { at } from './support/wib.ts';

const NOW = Date.parse(at('2026-12-01', '08:00'));
const GIFTS = 60;
const BATCH = 15;

type Delivery = (system: System) => Promise<{ status: number }>;

/** Thirty through Midtrans and thirty through a partner; the same ones in every run. */
const DELIVERIES: readonly Delivery[] = Array.from({ length: GIFTS }, (_, index) => {
  const name = `durable-${index}`;
  if (index % 2 === 0) {
    const payment = newPayment(40_000, NOW, { transactionId: name, orderId: name });
    return (system) => notify(system, payment, 'settlement');
  }
  const gift = newGift(30_000, NOW, { paymentId: name, feeRupiah: 1_500 });
  return (system) => give(system, gift);
});
/** One in six is taken back, and told twice. */
const REFUNDS: readonly Delivery[] = Array.from({ length: GIFTS / 3 }, (_, index) => {
  const gift = newGift(30_000, NOW, { paymentId: `durable-${1 + 6 * (index % 10)}`, refundId: 'taken-back' });
  return (system) => give(system, gift, 'refunded');
});
const ROSTER = roster([...people(1, 20), ...people(21, 20, { occupation: 'ojek', region: '33.74' })]);

/** Nobody is renewed: how much of the pool refunds leave for that depends on which gifts had been spent by then. */
const ONE_TERM_EACH = {
  version: 'one-term-each',
  effectiveFrom: '2026-12-01',
  shares: { continuity: 0, newStarts: 100 },
  continuityWindowDays: 0,
  priorityGroups: ['disability'],
  donatedTermsCap: 1,
};

/** Moments at which the clock stops on its way through the three months. */
const STOPS = ['2026-12-02', '2027-01-02', '2027-01-31', '2027-02-02', '2027-03-02'];

/** A system that can be killed while somebody works with it. */
class Mortal {
  readonly folder: string;
  readonly killedAfterMilliseconds: number[] = [];
  #system: Promise<System>;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#system = startSystem({ folder, now: at('2026-12-01', '08:00') });
    onTestFinished(async () => {
      await (await this.#system).stop();
    });
  }

  current(): Promise<System> {
    return this.#system;
  }

  /** Kills it after so many milliseconds and starts it again. */
  async killAfter(milliseconds: number): Promise<void> {
    this.killedAfterMilliseconds.push(milliseconds);
    const system = await this.#system;
    await sleep(milliseconds);
    this.#system = system.kill().then(() => startSystem({ folder: this.folder }));
    await this.#system;
  }

  /** Tries until it is done, on whatever process there is. */
  async insist<Result>(work: (system: System) => Promise<Result>): Promise<Result> {
    for (;;) {
      const system = await this.#system;
      try {
        return await work(system);
      } catch (error) {
        if (system === (await this.#system) && !isCut(error)) throw error;
      }
    }
  }
}

/** The other side went away in the middle of a call. */
function isCut(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError');
}

async function deliver(mortal: Mortal, deliveries: readonly Delivery[]): Promise<void> {
  await Promise.all(
    deliveries.map((send) =>
      mortal.insist(async (system) => {
        const { status } = await send(system);
        if (status !== 200) throw new Error(`answered ${status}`);
      }),
    ),
  );
}

/** Published by a process that died before it could say so is published. */
async function publish(system: System): Promise<void> {
  const { status } = await system.operate('POST', '/api/policies', ONE_TERM_EACH);
  expect([201, 409]).toContain(status);
}

/** What happens in the campaign, one step after the other. */
function stepsOf(mortal: Mortal): readonly (() => Promise<unknown>)[] {
  const batches = Array.from(
    { length: GIFTS / BATCH },
    (_, index) => () => deliver(mortal, DELIVERIES.slice(index * BATCH, (index + 1) * BATCH)),
  );
  return [
    () => mortal.insist((system) => publish(system)),
    () => mortal.insist((system) => importRoster(system, ROSTER)),
    ...batches,
    () => mortal.insist((system) => system.settle()),
    () => deliver(mortal, REFUNDS),
    ...STOPS.map((day) => () => mortal.insist((system) => system.advanceTo(at(day, '12:00')))),
  ];
}

/** @returns how long each step took */
async function play(mortal: Mortal): Promise<number[]> {
  const durations: number[] = [];
  for (const step of stepsOf(mortal)) {
    const startedMilliseconds = performance.now();
    await step();
    durations.push(performance.now() - startedMilliseconds);
  }
  return durations;
}

/** Kills the engine once within the time each step takes by itself. */
async function playDisturbed(mortal: Mortal, durations: readonly number[]): Promise<void> {
  for (const [index, step] of stepsOf(mortal).entries())
    await Promise.all([step(), mortal.killAfter(Math.floor(Math.random() * durations[index]!))]);
}

/** Everything that may not depend on who was first in line; a refund may find its gift spent or not. */
async function ending(system: System) {
  await system.settle();
  const [{ workers, covers, totals }, donations, outbox, queues, held] = await Promise.all([
    system.stats(),
    system.donations(),
    system.outbox(),
    system.queues(),
    system.quarantine(),
  ]);
  const { allocatedRupiah = 0, remainingRupiah = 0, ...fixedTotals } = totals;
  const {
    guarantee = 0,
    'fund:general': fund = 0,
    ...fixedBalances
  } = Object.fromEntries(await provenBalances(system));
  const payments = donations.map(({ paymentId, receivedRupiah, feesRupiah, refundedRupiah }) =>
    [paymentId, receivedRupiah, feesRupiah, refundedRupiah].join(' '),
  );
  return {
    balances: { ...fixedBalances, fundAndGuarantee: fund + guarantee },
    totals: { ...fixedTotals, allocatedAndRemaining: allocatedRupiah + remainingRupiah },
    ...{ workers, covers, held },
    payments: payments.sort(),
    reminders: Object.fromEntries(
      [...Map.groupBy(outbox, ({ step }) => step)].map(([step, all]) => [step, all.length]),
    ),
    left: queues.map(({ name, ready, inFlight, delayed, dead }) => [name, ready + inFlight + delayed + dead]),
  };
}

describeEmbedded('a campaign in each of whose steps the engine is killed', () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('ends as the one that ran undisturbed', async () => {
    const undisturbed = new Mortal(join(folder, 'undisturbed'));
    const durations = await play(undisturbed);
    const expected = await ending(await undisturbed.current());
    await (await undisturbed.current()).stop();
    expect(expected).toMatchObject({ covers: { expired_in_grace: 40 }, payments: { length: GIFTS }, held: [] });
    expect(Object.values(expected.reminders)).toEqual([40, 40, 40, 40, 40]);

    const mortal = new Mortal(join(folder, 'disturbed'));
    await playDisturbed(mortal, durations);
    const ended = await ending(await mortal.current());
    await (await mortal.current()).stop();
    expect(ended, `killed after ${mortal.killedAfterMilliseconds.join(', ')} ms`).toEqual(expected);
  }, 180_000);
});
