import { describe, expect, it } from 'vitest';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate, CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import { applyEvent, type Donation } from '../../../shared/domain/donation.ts';
import { gather } from '../../../shared/domain/gathering.ts';
import type { WorkerId } from '../../../shared/domain/ids.ts';
import { ACCOUNTS, type LedgerTransaction, ledgerTransaction, move } from '../../../shared/domain/ledger.ts';
import type { LifePosting, LifeReport } from '../../../shared/domain/life-proof.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { type GovernmentReport, type Proof, type ProofTerms, Prover } from '../../../shared/domain/proof.ts';
import { PUBLISHED_TARIFF, type TariffAdjustment, withAdjustments } from '../../../shared/domain/tariff.ts';
import { AT, eventOf, opened } from '../../support/events.ts';

const WORKER = 'wrk_a' as WorkerId;
const TERMS = { tariff: PUBLISHED_TARIFF, today: '2027-01-15' as CivilDate };
const event = eventOf('paid', 100_000, { fee: 5_000 });
const { donation: gift, postings } = applyEvent(opened(event), event, AT);
const fund = ACCOUNTS.fund(gift.fundId);
const allocation = ledgerTransaction('allocation', AT, move(fund, ACCOUNTS.committed, rupiah(50_400)));
const contribution = ledgerTransaction(
  'contribution',
  AT,
  move(ACCOUNTS.committed, ACCOUNTS.contributions, rupiah(16_800)),
);
const MONTHS = ['2027-01', '2027-02', '2027-03'].map((month) => ({
  month: month as CivilMonth,
  priceRupiah: rupiah(16_800),
  shares: [{ donationId: gift.donationId as string, amountRupiah: rupiah(16_800) }],
}));
const cover = {
  coverId: 'cov_a_1',
  workerId: WORKER,
  package: 'JKK_JKM',
  sector: 'non_transport',
  state: 'active',
  months: MONTHS,
  monthsPaid: 1,
  reservedAt: '2026-12-31T03:00:00.000Z',
  acceptedAt: '2027-01-01T03:00:00.000Z',
  startDate: '2027-01-01',
  endDate: '2027-04-01',
  cohortId: '2027-01-01-g00',
} as unknown as Cover;

interface Books {
  donation: Donation;
  ledger: [LedgerTransaction, string | undefined][];
  covers: Cover[];
  paidMonths: string[];
  postings: LifePosting[];
  reports: (LifeReport & GovernmentReport)[];
  terms: ProofTerms;
}

const SOUND: Books = {
  donation: { ...gift, allocatedRupiah: rupiah(50_400), remainingRupiah: rupiah(44_600) },
  ledger: [
    ...postings.map((posting): Books['ledger'][number] => [posting, gift.donationId]),
    [allocation, gift.donationId],
    [contribution, undefined],
  ],
  covers: [cover],
  paidMonths: ['2027-01', '2027-02', '2027-03'],
  postings: [{ at: AT, kind: 'contribution', coverIds: [cover.coverId] }],
  reports: [],
  terms: TERMS,
};

function proofOf(books: Partial<Books> = {}): Proof {
  const { donation, ledger, covers, paidMonths, postings, reports, terms } = { ...SOUND, ...books };
  const prover = new Prover(terms);
  for (const [transaction, donationId] of ledger) prover.takeTransaction(transaction, donationId);
  for (const one of covers) prover.takeCover(one);
  for (const posting of postings) prover.takePosting(posting);
  for (const report of reports) prover.takeReport(report);
  prover.takeWorker(WORKER, new Set(paidMonths));
  prover.takeDonation(donation);
  return prover.conclude();
}

const invariants = (proof: Proof) => [...new Set(proof.violations.map(({ invariant }) => invariant))].sort();
/** A line for each violation, `I2: donation … does not add up`. */
const details = (proof: Proof) => {
  expect(proof.holds).toBe(proof.violations.length === 0);
  return proof.violations.map(({ invariant, detail }) => `${invariant}: ${detail}`).join('\n');
};

describe('sound books', () => {
  it('are proved, with what was looked at and what every account holds', () => {
    expect(proofOf()).toEqual({
      holds: true,
      checked: { transactions: 3, donations: 1, covers: 1, workers: 1 },
      violations: [],
      accounts: [
        { account: 'contributions:paid', balanceRupiah: 16_800 },
        { account: 'cover:committed', balanceRupiah: 33_600 },
        { account: 'fees:partner:kitabisa', balanceRupiah: 5_000 },
        { account: 'fund:general', balanceRupiah: 44_600 },
        { account: 'gateway:partner:kitabisa', balanceRupiah: -100_000 },
      ],
    });
  });

  it('do not count a cover that never came to be', () => {
    const { cohortId, startDate, endDate, acceptedAt, ...planned } = cover;
    const undone = { ...planned, coverId: 'cov_a_2', state: 'rejected', monthsPaid: 0, reason: 'below_price' } as Cover;
    const change = { kind: 'release', monthsBefore: MONTHS, months: MONTHS, reason: 'below_price' } as const;
    const release = { at: AT, kind: 'release', coverId: undone.coverId, change };
    const proof = proofOf({ covers: [cover, undone], postings: [...SOUND.postings, release] });
    expect([proof.violations, proof.checked.covers]).toEqual([[], 2]);
    expect([cohortId, startDate, endDate, acceptedAt]).not.toContain(undefined);
  });

  it('are the same books in whatever order they are read', () => {
    expect(proofOf({ ledger: SOUND.ledger.toReversed() })).toEqual(proofOf());
  });

  it('hold after a gift was taken back, before and after its shares have moved', () => {
    const refund = eventOf('refunded', 100_000, { effect: 'refund:1' });
    const after = applyEvent(SOUND.donation, refund, AT);
    const ledger: Books['ledger'] = [...SOUND.ledger, [after.postings[0]!, gift.donationId]];
    expect(proofOf({ donation: after.donation, ledger }).violations).toEqual([]);
    const shares = [{ donationId: 'guarantee', amountRupiah: rupiah(16_800) }];
    const moved = { ...cover, months: MONTHS.map((month) => ({ ...month, shares })) };
    const donation = { ...after.donation, reattributeRupiah: rupiah(0) };
    expect(proofOf({ donation, ledger, covers: [moved] }).violations).toEqual([]);
  });
});

describe('gathered remainders', () => {
  const small = { ...eventOf('paid', 700), paymentId: 'p-small' };
  const given = applyEvent(opened(small), small, AT);
  const { gathered, donors } = gather(given.donation.fundId, [given.donation], 1, AT);
  const into = ledgerTransaction('gathering', AT, move(fund, ACCOUNTS.gathered, rupiah(700)));
  const outOf = ledgerTransaction('payment', AT, move(ACCOUNTS.gathered, fund, rupiah(700)));

  function gatheringProof(gatheredRupiah: number, kindOfRow = into): Proof {
    const prover = new Prover(TERMS);
    for (const posting of given.postings) prover.takeTransaction(posting, given.donation.donationId);
    prover.takeTransaction(kindOfRow, given.donation.donationId, gatheredRupiah);
    prover.takeTransaction(outOf, gathered.donationId);
    for (const donation of [...donors, gathered]) prover.takeDonation(donation);
    return prover.conclude();
  }

  it('are proved: what the donor gave into them counts as bought, and they hold what came in', () => {
    expect(gatheringProof(700).violations).toEqual([]);
    expect(gatheringProof(700).accounts).toContainEqual({ account: 'gathered', balanceRupiah: 0 });
  });

  it('are not, where the donor’s row names another sum, or is no gathering (I2)', () => {
    const donorSays = `I2: donation ${given.donation.donationId} says allocated 700, its rows prove`;
    expect(details(gatheringProof(699))).toMatch(`${donorSays} 699`);
    expect(details(gatheringProof(700, { ...into, kind: 'allocation' }))).toMatch(`${donorSays} 0`);
  });
});

describe('the proof finds', () => {
  it('a transaction that does not sum to zero (I1)', () => {
    const crooked = { ...contribution, entries: contribution.entries.slice(1) };
    expect(details(proofOf({ ledger: [...SOUND.ledger, [crooked, undefined]] }))).toMatch(
      `I1: a contribution transaction of ${AT} sums to 16800`,
    );
  });

  it('a donation whose parts do not make up what came in (I2)', () => {
    const donation = { ...SOUND.donation, feeRupiah: rupiah(4_999) };
    expect(details(proofOf({ donation }))).toMatch(`I2: donation ${gift.donationId} does not add up`);
  });

  it('a negative part (I1)', () => {
    const donation = { ...SOUND.donation, feeRupiah: rupiah(-1), remainingRupiah: rupiah(49_601) };
    expect(details(proofOf({ donation }))).toMatch(`I1: donation ${gift.donationId} has a negative part`);
  });

  it.each<[string, Partial<Donation>]>([
    ['received', { receivedRupiah: rupiah(100_001) }],
    ['refunded', { refundedRupiah: rupiah(1) }],
    ['remaining', { remainingRupiah: rupiah(44_601) }],
    ['allocated', { allocatedRupiah: rupiah(50_401) }],
  ])('a donation that says more %s than its rows prove (I2)', (part, changes) => {
    expect(details(proofOf({ donation: { ...SOUND.donation, ...changes } }))).toMatch(
      `I2: donation ${gift.donationId} says ${part}`,
    );
  });

  it('a donation without any rows (I2)', () => {
    const proof = proofOf({ ledger: [], covers: [] });
    expect(details(proof)).toMatch(`I2: donation ${gift.donationId} says received 100000, its rows prove 0`);
  });

  it('a month paid twice, and months the worker does not count (I3)', () => {
    const twice = proofOf({ covers: [cover, { ...cover, coverId: 'cov_a_2' as Cover['coverId'] }] });
    expect(details(twice)).toMatch(`I3: worker ${WORKER} is paid twice for 2027-01`);
    for (const paidMonths of [['2027-01', '2027-02'], ['2027-01', '2027-02', '2027-04'], []])
      expect(invariants(proofOf({ paidMonths }))).toEqual(['I3']);
    expect(details(proofOf({ paidMonths: ['2027-04', '2027-02'], covers: [] }))).toMatch(
      `I3: worker ${WORKER} counts months 2027-02,2027-04, the covers \n`,
    );
    const { months } = cover;
    expect(details(proofOf({ paidMonths: [], covers: [{ ...cover, months: months.toReversed() }] }))).toMatch(
      `I3: worker ${WORKER} counts months , the covers 2027-01,2027-02,2027-03`,
    );
  });

  it('a price that is not the tariff, and shares that are not the price (I6)', () => {
    const dear = { ...cover, months: MONTHS.map((month) => ({ ...month, priceRupiah: rupiah(16_801) })) };
    const found = details(proofOf({ covers: [dear] }));
    expect(found).toMatch('I6: cover cov_a_1 pays 16801 for 2027-01, the tariff is 16800');
    expect(found).toMatch('I6: the shares of cover cov_a_1 in 2027-01 sum to 16800, not 16801');
  });

  it('a fund that is overdrawn (I1) or holds other than its gifts have left (I2)', () => {
    const overdrawn = ledgerTransaction('allocation', AT, move(fund, ACCOUNTS.committed, rupiah(50_000)));
    const proof = proofOf({ ledger: [...SOUND.ledger, [overdrawn, undefined]] });
    expect(details(proof)).toMatch('I1: fund:general is negative: -5400');
    expect(details(proof)).toMatch('I2: fund:general holds -5400, its donations have 44600 left');
  });

  it('contributions the covers do not account for (I1)', () => {
    const found = details(proofOf({ ledger: [...SOUND.ledger, [contribution, undefined]] }));
    expect(found).toMatch('I1: contributions:paid holds 33600, the covers say 16800');
    expect(found).toMatch('I1: cover:committed holds 16800, the covers say 33600');
  });

  it('fees the donations do not account for (I1)', () => {
    const donation = { ...SOUND.donation, feeBeyondRupiah: rupiah(1) };
    expect(details(proofOf({ donation }))).toMatch('I1: fees:partner:kitabisa holds 5000, the donations say 5001');
    const carried = { ...SOUND.donation, feeCarriedRupiah: rupiah(2), gateway: 'midtrans' };
    expect(details(proofOf({ donation: carried }))).toMatch('I1: fees:midtrans holds 0, the donations say 5002');
  });

  it('shares of a gift nobody gave (I2)', () => {
    const shares = [{ donationId: 'don_none', amountRupiah: rupiah(16_800) }];
    const covers = [{ ...cover, months: MONTHS.map((month) => ({ ...month, shares })) }];
    expect(details(proofOf({ covers }))).toMatch('I2: covers name donation don_none, which does not exist');
  });
});

describe('what changes in mid-cover', () => {
  const dearer: TariffAdjustment = {
    programmes: ['JKM'],
    sectors: ['non_transport'],
    fromMonth: '2027-01' as CivilMonth,
    throughMonth: '2027-12' as CivilMonth,
    percent: 200,
    publishedOn: '2027-01-13' as CivilDate,
    source: 'test',
  };
  const tariff = withAdjustments(PUBLISHED_TARIFF, [dearer]);
  const on = (today: string) => ({ terms: { tariff, today: today as CivilDate } });

  it('is a price: a paid month keeps what was published before, an open one only for two days (I6)', () => {
    expect(proofOf(on('2027-01-12')).violations).toEqual([]);
    expect(proofOf(on('2027-01-14')).violations).toEqual([]);
    expect(details(proofOf(on('2027-01-15')))).toBe(
      [
        'I6: cover cov_a_1 pays 16800 for 2027-02, the tariff is 23600',
        'I6: cover cov_a_1 pays 16800 for 2027-03, the tariff is 23600',
      ].join('\n'),
    );
  });

  it('is who pays: months of the government are paid, and those of nobody are not (I3)', () => {
    const report = { workerId: WORKER, kind: 'government_paid', on: '2027-05-01' as CivilDate, recordedAt: AT };
    const months = ['2027-05', '2027-06'] as CivilMonth[];
    const reports = [{ ...report, months: months.slice(0, 1) }, { ...report, months: months.slice(1) }, report];
    const paidMonths = [...SOUND.paidMonths, ...months];
    expect(proofOf({ reports, paidMonths }).violations).toEqual([]);
    expect(invariants(proofOf({ reports }))).toEqual(['I3']);
    expect(invariants(proofOf({ paidMonths }))).toEqual(['I3']);
  });

  it('is the cover itself, which must be what its events make of it (I8)', () => {
    const withdrawn = { ...cover, state: 'withdrawn', endedOn: '2027-02-01' } as Cover;
    expect(details(proofOf({ covers: [withdrawn] }))).toBe(
      'I8: cover cov_a_1 says state withdrawn, its events active; endedOn 2027-02-01, its events none',
    );
    expect(details(proofOf({ postings: [] }))).toMatch('I8: cover cov_a_1 says state active, its events reserved');
  });

  it('and months cut off by an early end count as far as they were used', () => {
    const ended = {
      ...cover,
      state: 'cancelled',
      months: MONTHS.slice(0, 1),
      endDate: '2027-02-01',
      endedOn: '2027-02-01',
      reason: 'worker_wage_earning',
    } as unknown as Cover;
    const change = {
      kind: 'end',
      monthsBefore: MONTHS,
      months: ended.months,
      endsOn: ended.endedOn!,
      reason: 'worker_wage_earning',
    } as const;
    const end = { at: '2027-01-15T03:00:00.000Z' as Instant, kind: 'release', coverId: cover.coverId, change };
    const back = ledgerTransaction('release', end.at, move(ACCOUNTS.committed, fund, rupiah(33_600)));
    const donation = { ...SOUND.donation, allocatedRupiah: rupiah(16_800), remainingRupiah: rupiah(78_200) };
    const proof = proofOf({
      covers: [ended],
      donation,
      ledger: [...SOUND.ledger, [back, gift.donationId]],
      postings: [...SOUND.postings, end],
      paidMonths: ['2027-01'],
    });
    expect(proof.violations).toEqual([]);
  });
});
