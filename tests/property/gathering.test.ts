/** Gifts too small to be named in one transaction still become cover, and can still be taken back. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addWorkers, give, type Notice } from '../support/people-and-gifts.ts';
import { TestSystem } from '../support/test-system.ts';

const FULL_TARIFF = '2027-04-05T03:00:00.000Z';
const TERM_RUPIAH = 50_400;
const GIFT_RUPIAH = 1_000;

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

function gifts(count: number, amount = GIFT_RUPIAH): Notice[] {
  return Array.from({ length: count }, (_, index) => ({ paymentId: `micro-${index}`, amount }));
}

const covers = () => system.rows('cover').filter(({ state }) => state !== 'rejected');
const given = () => system.rows('donation').filter(({ gateway }) => gateway !== 'gathered');
const sum = (rows: Record<string, unknown>[], part: string) =>
  rows.reduce((total, row) => total + Number(row[part]), 0);

describe('a fund of gifts of Rp1.000', () => {
  beforeEach(() => system.newWorld({ startsAt: FULL_TARIFF }));
  afterEach(async () => {
    expect(await system.prove()).toMatchObject({ holds: true });
    expect(system.dead()).toEqual([]);
  });

  it('covers as many workers as its sum pays for', async () => {
    await addWorkers(system, [{}, {}, {}]);
    await give(system, ...gifts(120));
    await system.drain();
    expect(covers()).toHaveLength(2);
    const gathered = system.rows('donation').filter(({ gateway }) => gateway === 'gathered');
    expect(gathered.length).toBeGreaterThan(0);
    // Every rupiah given is either in a cover or still waiting, counted once.
    const waiting = sum(given(), 'remainingRupiah') + sum(gathered, 'remainingRupiah');
    expect(waiting).toBe(120 * GIFT_RUPIAH - 2 * TERM_RUPIAH);
    expect(sum(given(), 'receivedRupiah')).toBe(120 * GIFT_RUPIAH);
  });

  it('covers the same workers when they come after the gifts', async () => {
    await give(system, ...gifts(120));
    await system.drain();
    expect(covers()).toHaveLength(0);
    await addWorkers(system, [{}, {}, {}]);
    await system.sweep();
    await system.drain();
    expect(covers()).toHaveLength(2);
  });

  it('gathers nothing as long as it reaches no term', async () => {
    await addWorkers(system, [{}]);
    await give(system, ...gifts(50));
    await system.drain();
    expect(covers()).toHaveLength(0);
    expect(system.rows('donation').filter(({ gateway }) => gateway === 'gathered')).toEqual([]);
  });

  it('leaves the worker covered when a gathered gift is taken back; the guarantee fund carries it', async () => {
    await addWorkers(system, [{}]);
    await give(system, ...gifts(60));
    await system.drain();
    expect(covers()).toHaveLength(1);
    const taken = given().find((row) => Number(row.allocatedRupiah) > 0);
    const paymentId = String(taken?.paymentId);
    await give(system, { paymentId, amount: GIFT_RUPIAH, kind: 'refunded', refundId: 'r-1' });
    await system.drain();
    expect(covers()).toHaveLength(1);
    const after = given().find((row) => row.paymentId === paymentId);
    expect(after).toMatchObject({
      refundedRupiah: GIFT_RUPIAH,
      allocatedRupiah: 0,
      remainingRupiah: 0,
      reattributeRupiah: 0,
    });
  });

  it('gives the money of a rejected worker to the next in line', async () => {
    system.newWorld({ startsAt: FULL_TARIFF, settings: { registrar: { kind: 'simulator', rejectEvery: 2 } } });
    await addWorkers(system, [{}, {}, {}, {}]);
    await give(system, ...gifts(160));
    await system.drain();
    expect(system.rows('cover').some(({ state }) => state === 'rejected')).toBe(true);
    expect(covers()).toHaveLength(2);
  });
});

describe('a fund of gifts of Rp100', () => {
  it('covers a worker too', async () => {
    system.newWorld({ startsAt: FULL_TARIFF });
    await addWorkers(system, [{}]);
    await give(system, ...gifts(510, 100));
    await system.drain();
    expect(covers()).toHaveLength(1);
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});
