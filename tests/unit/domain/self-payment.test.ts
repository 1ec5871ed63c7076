import { describe, expect, it } from 'vitest';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate, CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import { fundIdOf, unrestrictedFund } from '../../../shared/domain/fund.ts';
import type { CoverId, WorkerId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import {
  isOnItsWay,
  isOpenOrder,
  orderAfter,
  type PayingWorker,
  purseOf,
  SELF_PAY_PERIODS,
  type SelfPayStanding,
  selfFund,
  selfPayOffers,
  selfPayStanding,
} from '../../../shared/domain/self-payment.ts';
import { PUBLISHED_TARIFF } from '../../../shared/domain/tariff.ts';

const day = (text: string) => text as CivilDate;
const at = (text: string) => text as Instant;
const [FIRST, SECOND] = ['cov_a_1', 'cov_a_2'] as [CoverId, CoverId];

const worker: PayingWorker = {
  workerId: 'wrk_a' as WorkerId,
  state: 'waiting',
  sector: 'non_transport',
  isInLine: false,
  paidMonths: new Set(['2026-12', '2027-01', '2027-02'] as CivilMonth[]),
};

/** Three months from 15 December 2026. */
const cover = {
  coverId: FIRST,
  workerId: worker.workerId,
  package: 'JKK_JKM',
  state: 'active',
  startDate: day('2026-12-15'),
  endDate: day('2027-03-15'),
  months: [{}, {}, {}],
} as unknown as Cover;
const next = { ...cover, coverId: SECOND, startDate: day('2027-03-15'), endDate: day('2027-06-15') };
const reserved = { ...next, state: 'reserved' as const, startDate: undefined, endDate: undefined } as unknown as Cover;

const standing = (today: string, covers: readonly Cover[] = [cover], linked = FIRST, who = worker) =>
  selfPayStanding(who, covers, linked, day(today));

describe('a worker who pays', () => {
  it('goes on from the end while cover runs and in grace, and starts anew after a lapse', () => {
    for (const today of ['2026-12-15', '2027-03-14', '2027-03-15', '2027-06-14'])
      expect([today, standing(today)]).toEqual([today, { outcome: 'payable', cover, from: '2027-03-15' }]);
    expect(standing('2027-06-15')).toEqual({ outcome: 'payable', cover, from: null });
  });

  it('goes on from the end however late, while a claim is open', () => {
    const claimed = { ...cover, claimOpenSince: day('2027-03-01') };
    expect(standing('2027-08-01', [claimed])).toMatchObject({ outcome: 'payable', from: '2027-03-15' });
  });

  it('is not asked for money that nobody could spend: the registrar rejected, or somebody else pays now', () => {
    const rejected = { ...reserved, state: 'rejected' as const, reason: 'registrar_rejected' as const };
    expect(standing('2027-03-01', [cover, rejected])).toMatchObject({ reason: 'registrar_rejected' });
    const cancelled = { ...cover, state: 'cancelled' as const };
    expect(standing('2027-01-01', [cancelled])).toMatchObject({ reason: 'cover_ended_early' });
  });

  it('brought back to the queue starts anew, whatever ended the last cover', () => {
    const rejected = { ...reserved, state: 'rejected' as const };
    const inLine = { ...worker, isInLine: true };
    for (const last of [cover, rejected])
      expect(standing('2027-09-01', [last], FIRST, inLine)).toEqual({ outcome: 'payable', cover: last, from: null });
    expect(standing('2027-09-01', [{ ...cover, state: 'deceased' }], FIRST, inLine)).toMatchObject({
      outcome: 'refused',
    });
  });

  it.each(['deceased', 'withdrawn'] as const)('is not asked for money once %s', (state) => {
    const refusal = { outcome: 'refused', reason: `worker_${state}`, coveredUntil: null, payableFrom: null };
    expect(standing('2027-03-01', [{ ...cover, state }])).toEqual(refusal);
    expect(standing('2027-03-01', [cover], FIRST, { ...worker, state })).toEqual(refusal);
  });

  it('is told that cover is renewed while the registrar has the next', () => {
    const refusal = { outcome: 'refused', reason: 'cover_renewed', payableFrom: null };
    expect(standing('2027-03-01', [cover, reserved])).toEqual({ ...refusal, coveredUntil: null });
    const continuing = { ...reserved, continuesFrom: day('2027-03-15') };
    expect(standing('2027-03-01', [cover, continuing])).toEqual({ ...refusal, coveredUntil: '2027-06-15' });
  });

  it('does not pay twice through the old link, and may use it again when the new cover nears its end', () => {
    expect(standing('2027-05-15', [cover, next])).toEqual({
      outcome: 'refused',
      reason: 'cover_renewed',
      coveredUntil: '2027-06-15',
      payableFrom: '2027-05-16',
    });
    expect(standing('2027-05-16', [cover, next])).toMatchObject({ outcome: 'payable', from: '2027-06-15' });
    expect(standing('2027-03-20', [cover, next], SECOND)).toMatchObject({ outcome: 'payable', from: '2027-06-15' });
  });

  it('of a month pays again in its second half', () => {
    const month = { ...next, endDate: day('2027-04-15'), months: [{}] } as unknown as Cover;
    expect(standing('2027-03-30', [cover, month])).toMatchObject({ outcome: 'refused', payableFrom: '2027-03-31' });
    expect(standing('2027-03-31', [cover, month])).toMatchObject({ outcome: 'payable', from: '2027-04-15' });
  });

  it('never covered has nothing to go on from', () => {
    expect(standing('2027-03-01', [])).toMatchObject({ outcome: 'refused', reason: 'not_found' });
  });
});

describe('what a period costs', () => {
  const payable = (today: string) => standing(today) as Extract<SelfPayStanding, { outcome: 'payable' }>;
  const offers = (today: string, credit = 0, who = worker) =>
    selfPayOffers(who, payable(today), rupiah(credit), day(today), PUBLISHED_TARIFF);

  it('is the sum of its months, each at its tariff, from the month the cover goes on in', () => {
    const [one, , three] = offers('2027-03-01', 0, { ...worker, sector: 'transport' });
    expect(one?.months).toEqual([{ month: '2027-03', priceRupiah: 8_400 }]);
    expect(three?.months.map(({ priceRupiah }) => priceRupiah)).toEqual([8_400, 16_800, 16_800]);
    expect(three?.priceRupiah).toBe(42_000);
    expect(offers('2027-03-01').map(({ termMonths, dueRupiah }) => [termMonths, dueRupiah])).toEqual([
      [1, 16_800],
      [2, 33_600],
      [3, 50_400],
      [6, 100_800],
      [12, 201_600],
    ]);
  });

  it('is counted from this month after a lapse', () => {
    expect(offers('2027-07-20')[0]?.months).toEqual([{ month: '2027-07', priceRupiah: 16_800 }]);
  });

  it('is less by what the worker paid before, and nothing where that is enough', () => {
    const due = offers('2027-03-01', 40_000).map(({ dueRupiah }) => dueRupiah);
    expect(due.slice(0, 3)).toEqual([0, 0, 10_400]);
  });

  it('is on its way where a payment reaches the period it was made for, and waits where it does not', () => {
    const waiting = (term: number, amount: number) => new Map([[term, rupiah(amount)]]);
    expect(isOnItsWay(offers('2027-03-01', 16_800), waiting(1, 16_800))).toBe(true);
    expect(isOnItsWay(offers('2027-03-01', 40_000), waiting(3, 40_000))).toBe(false);
    const paid = { ...worker, paidMonths: new Set(['2027-03'] as CivilMonth[]) };
    expect(isOnItsWay(offers('2027-03-01', 16_800, paid), waiting(1, 16_800))).toBe(false);
  });

  it('is not asked for where somebody paid one of the months', () => {
    const paid = { ...worker, paidMonths: new Set(['2027-04'] as CivilMonth[]) };
    expect(offers('2027-03-01', 0, paid).map(({ refusal }) => refusal)).toEqual([
      null,
      'already_covered',
      'already_covered',
      'already_covered',
      'already_covered',
    ]);
  });
});

describe('an order', () => {
  const wanted = {
    workerId: worker.workerId,
    coverId: FIRST,
    package: 'JKK_JKM',
    termMonths: 3,
    amountRupiah: rupiah(50_400),
  } as const;
  const order = orderAfter(null, wanted, at('2027-02-28T18:00:00.000Z'));

  it('has a reference of its own kind and day, and is the same for two who ask at once', () => {
    expect(order.orderReference).toMatch(/^GNS-20270301-[0-9A-F]{10}$/);
    expect(orderAfter(null, wanted, order.createdAt)).toEqual(order);
    const others = [
      orderAfter(order, wanted, order.createdAt),
      orderAfter(null, { ...wanted, termMonths: 1 }, order.createdAt),
      orderAfter(null, { ...wanted, workerId: 'wrk_b' as WorkerId }, order.createdAt),
    ];
    expect(new Set([order, ...others].map(({ orderReference }) => orderReference)).size).toBe(4);
  });

  it('is open for a week, and as long as it asks for what is missing', () => {
    expect(order.expiresAt).toBe('2027-03-07T18:00:00.000Z');
    expect(isOpenOrder(order, rupiah(50_400), at('2027-03-07T17:59:59.000Z'))).toBe(true);
    expect(isOpenOrder(order, rupiah(50_400), order.expiresAt)).toBe(false);
    expect(isOpenOrder(order, rupiah(10_400), order.createdAt)).toBe(false);
  });

  it('is paid into a fund that no other worker or period has, told apart among millions', () => {
    const funds = ['wrk_a', 'wrk_b'].flatMap((id) =>
      SELF_PAY_PERIODS.map((term) => fundIdOf(selfFund(id as WorkerId, 'JKK_JKM', term))),
    );
    expect(new Set(funds).size).toBe(10);
    for (const fundId of funds) expect(fundId).toMatch(/^self-[0-9a-f]{20}$/);
    // All of one worker are one purse; gifts have none.
    expect(purseOf(funds[0]!, selfFund('wrk_a' as WorkerId, 'JKK_JKM', 1))).toEqual(funds.slice(0, 5));
    const general = unrestrictedFund('general');
    expect(purseOf(fundIdOf(general), general)).toEqual(['general']);
  });
});
