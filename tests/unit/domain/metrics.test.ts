import { describe, expect, it } from 'vitest';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { DIMENSIONS, type Dimension } from '../../../shared/domain/group-names.ts';
import type { CoverId } from '../../../shared/domain/ids.ts';
import {
  type Gift,
  MetricsCounter,
  type MetricsReport,
  type Surroundings,
  type WorkerLife,
} from '../../../shared/domain/metrics.ts';
import type { Period } from '../../../shared/domain/metrics-table.ts';
import { coverFrom, workerOf } from '../../support/lives.ts';

const FIRST = 'cov_a_1' as CoverId;
const FOREVER: Period = { from: null, to: null };
const GIFTS: Readonly<Record<string, Gift>> = {
  don_a: { donorId: 'dnr_aaaaaaaaaa', channel: 'qris', paidAt: '2026-11-20T03:00:00.000Z' as Instant },
  don_b: { donorId: null, channel: 'tokopedia', paidAt: '2026-11-25T03:00:00.000Z' as Instant },
};
const AROUND: Surroundings = {
  giftOf: (donationId) => GIFTS[donationId],
  armOf: (_cover, { workerId }) => (workerId === 'wrk_a' ? 'cmp_1/warm' : null),
  channelOf: () => 'whatsapp',
};

interface Asked {
  readonly today?: string;
  readonly period?: Partial<Period>;
  readonly by?: readonly Dimension[];
  readonly around?: Partial<Surroundings>;
}

function count(lives: readonly Partial<WorkerLife>[], { today = '2027-03-05', period, by = [], around }: Asked = {}) {
  const counter = new MetricsCounter(today as CivilDate, { ...FOREVER, ...period }, by, { ...AROUND, ...around });
  for (const { worker = workerOf(), covers = [] } of lives) counter.take({ worker, covers });
  return counter.conclude();
}
const groups = (report: MetricsReport, dimension: Dimension) =>
  Object.fromEntries((report.conversion.by[dimension] ?? []).map(({ group, ended }) => [group, ended]));

const donated = coverFrom({ from: '2026-12-01' });
const renewal = (changes: Partial<Cover>, fund = 'self', from = '2027-03-01') =>
  coverFrom({ ordinal: 2, from, fund, renews: FIRST, ...changes });

describe('conversion', () => {
  it('is of donated covers whose end has come, and of no others', () => {
    expect(count([{ covers: [donated] }], { today: '2027-02-28' }).conversion.total).toMatchObject({
      ended: 0,
      selfPaidShare: null,
    });
    expect(count([{ covers: [donated] }], { today: '2027-03-01' }).conversion.total.ended).toBe(1);
    const others = [
      coverFrom({ from: '2026-12-01', fund: 'self' }),
      { ...donated, state: 'rejected' as const },
      { ...donated, state: 'reserved' as const, endDate: undefined } as unknown as Cover,
    ];
    for (const cover of others) expect(count([{ covers: [cover] }]).conversion.total.ended).toBe(0);
  });

  it('tells apart who paid before the end, in grace and after the lapse, whom a donor renewed, and who did neither', () => {
    const lives = [
      [donated, renewal({ reservedAt: '2027-02-20T03:00:00.000Z' as Instant, continuesFrom: donated.endDate! })],
      [donated, renewal({ reservedAt: '2027-03-10T03:00:00.000Z' as Instant, continuesFrom: donated.endDate! })],
      [donated, renewal({ reservedAt: '2027-07-10T03:00:00.000Z' as Instant }, 'self', '2027-07-10')],
      [donated, renewal({ continuesFrom: donated.endDate! }, 'csr')],
      [donated],
    ];
    const { total } = count(
      lives.map((covers) => ({ covers })),
      { today: '2027-08-01', period: { to: '2027-03-02' as CivilDate } },
    ).conversion;
    expect(total).toEqual({
      ended: 5,
      selfPaidBeforeEnd: 1,
      selfPaidInGrace: 1,
      selfPaidAfterLapse: 1,
      renewedByDonor: 1,
      inGrace: 0,
      lapsed: 1,
      selfPaid: 3,
      selfPaidShare: 0.6,
    });
    expect(count([{ covers: [donated] }], { today: '2027-05-31' }).conversion.total).toMatchObject({ inGrace: 1 });
    expect(count([{ covers: [donated] }], { today: '2027-06-01' }).conversion.total).toMatchObject({ lapsed: 1 });
  });

  it('counts no renewal the registrar has not accepted, or rejected', () => {
    const { acceptedAt: _acceptedAt, ...waiting } = renewal({ continuesFrom: donated.endDate! });
    const rejected = renewal({ state: 'rejected' });
    for (const second of [waiting, rejected])
      expect(count([{ covers: [donated, second] }]).conversion.total).toMatchObject({ selfPaid: 0, inGrace: 1 });
  });

  it('leaves out who died or withdrew, and says how many', () => {
    const died = { ...donated, state: 'deceased' as const, endedOn: '2027-01-10' as CivilDate };
    const report = count([{ covers: [died] }]);
    expect(report.conversion.total.ended).toBe(0);
    expect(report.endedEarly).toBe(1);
    expect(count([{ covers: [died] }], { today: '2027-01-09' }).endedEarly).toBe(0);
  });

  it('is of the covers that end in the period asked for', () => {
    const lives = [{ covers: [donated] }, { covers: [coverFrom({ from: '2026-12-02' })] }];
    expect(count(lives, { period: { from: '2027-03-02' as CivilDate } }).conversion.total.ended).toBe(1);
    expect(count(lives, { period: { to: '2027-03-02' as CivilDate } }).conversion.total.ended).toBe(1);
    expect(count(lives).conversion.total.ended).toBe(2);
  });

  it('can be seen by every group, each cover in one', () => {
    const given = coverFrom({ from: '2026-12-01', givers: ['don_b', 'don_a'] });
    const report = count([{ covers: [donated] }, { worker: workerOf({ disability: true }), covers: [given] }], {
      by: DIMENSIONS,
    });
    expect(groups(report, 'cohort')).toEqual({ '2026-12-01': 2 });
    expect(groups(report, 'arm')).toEqual({ 'cmp_1/warm': 2 });
    expect(groups(report, 'region')).toEqual({ '33.72': 2 });
    expect(groups(report, 'donor')).toEqual({ dnr_aaaaaaaaaa: 1, none: 1 });
    expect(groups(report, 'channel')).toEqual({ whatsapp: 2 });
    expect(groups(report, 'giftChannel')).toEqual({ qris: 1, tokopedia: 1 });
    expect(groups(report, 'occupation')).toEqual({ buruh: 2 });
    expect(groups(report, 'disability')).toEqual({ no: 1, yes: 1 });
    expect(report.conversion.by.region?.[0]?.name).toEqual({ id: '33.72, Jawa Tengah', en: '33.72, Central Java' });
  });

  it('puts groups in the order of their keys, however the rows came', () => {
    const inRegion = (region: string) => ({ covers: [{ ...donated, region }] });
    for (const lives of [
      [inRegion('11.01'), inRegion('33.72')],
      [inRegion('33.72'), inRegion('11.01')],
    ])
      expect(count(lives, { by: ['region'] }).conversion.by.region?.map(({ group }) => group)).toEqual([
        '11.01',
        '33.72',
      ]);
  });

  it('of a cover that no campaign, no known gift and no message had counts under none', () => {
    const report = count([{ covers: [donated] }], {
      by: ['arm', 'donor', 'channel', 'giftChannel'],
      around: { armOf: () => null, giftOf: () => undefined, channelOf: () => null },
    });
    for (const dimension of ['arm', 'donor', 'channel', 'giftChannel'] as const)
      expect(groups(report, dimension)).toEqual({ none: 1 });
  });

  it('counts a cover of many givers with the one who gave most', () => {
    const months = [{ ...donated.months[0]!, shares: [{ donationId: 'don_b', amountRupiah: 1 }] }, donated.months[1]!];
    const report = count([{ covers: [{ ...donated, months } as Cover] }], { by: ['giftChannel'] });
    expect(groups(report, 'giftChannel')).toEqual({ qris: 1 });
  });
});

describe('months of cover', () => {
  it('are used from the day they begin', () => {
    const on = (today: string) => count([{ covers: [donated] }], { today }).months.total;
    expect(on('2026-11-30')).toMatchObject({ covers: 1, bought: 3, used: 0, toCome: 3, usedRupiah: 0 });
    expect(on('2026-12-01')).toMatchObject({ used: 1, toCome: 2, usedRupiah: 8_400 });
    expect(on('2027-02-01')).toMatchObject({ used: 3, toCome: 0, usedRupiah: 25_200 });
  });

  it('of a cover the registrar rejected were given back, and those of one not accepted yet are to come', () => {
    const { startDate: _startDate, endDate: _endDate, ...unanswered } = donated;
    expect(count([{ covers: [{ ...donated, state: 'rejected' }] }]).months.total).toMatchObject({ givenBack: 3 });
    expect(count([{ covers: [{ ...unanswered, state: 'reserved' }] }]).months.total).toMatchObject({ toCome: 3 });
    const cancelled = { ...unanswered, state: 'cancelled' as const, months: [], monthsPaid: 0 };
    const report = count([{ covers: [cancelled] }], { period: { from: '2027-01-01' as CivilDate } });
    expect(report.months.total).toMatchObject({ bought: 2, givenBack: 2 });
  });

  it('of a cover that ended early were used, lapsed where they were handed over in vain, or given back', () => {
    const ended = {
      ...donated,
      state: 'deceased' as const,
      endedOn: '2026-12-20' as CivilDate,
      months: donated.months.slice(0, 2),
    };
    expect(count([{ covers: [ended] }]).months.total).toEqual({
      covers: 1,
      bought: 3,
      used: 1,
      toCome: 0,
      lapsed: 1,
      givenBack: 1,
      usedRupiah: 8_400,
    });
  });

  it('are counted in the period in which they begin, and a cover with none there is not', () => {
    const period = { from: '2027-01-01' as CivilDate, to: '2027-02-01' as CivilDate };
    expect(count([{ covers: [donated] }], { period }).months.total).toMatchObject({ covers: 1, bought: 1 });
    const later = { from: '2028-01-01' as CivilDate };
    expect(count([{ covers: [donated] }], { period: later }).months.total).toMatchObject({ covers: 0, bought: 0 });
  });
});

describe('the time from gift to cover', () => {
  it('runs from the oldest gift in it to its acceptance', () => {
    const given = coverFrom({ from: '2026-12-01', givers: ['don_b', 'don_a'] });
    expect(count([{ covers: [given] }]).giftToCover.total).toEqual({
      count: 1,
      p50Days: 14,
      p90Days: 14,
      p99Days: 14,
      buckets: [{ upToDays: 14, count: 1 }],
    });
  });

  it('is not told of covers nobody accepted, no gift is known of, or accepted at another time', () => {
    const { acceptedAt: _acceptedAt, ...unanswered } = donated;
    expect(count([{ covers: [unanswered] }]).giftToCover.total.count).toBe(0);
    expect(count([{ covers: [donated] }], { around: { giftOf: () => undefined } }).giftToCover.total.count).toBe(0);
    expect(count([{ covers: [donated] }], { period: { from: '2027-01-01' as CivilDate } }).giftToCover.total).toEqual({
      count: 0,
      p50Days: null,
      p90Days: null,
      p99Days: null,
      buckets: [],
    });
    expect(count([{ covers: [coverFrom({ from: '2026-12-01', fund: 'self' })] }]).giftToCover.total.count).toBe(0);
  });
});

describe('waiting', () => {
  const asked = { by: ['region', 'occupation', 'disability', 'arm'] as const };

  it('ends with the acceptance of the cover it led to', () => {
    const { waiting } = count([{ covers: [donated] }], asked);
    expect(waiting.total.covered).toMatchObject({ count: 1, p50Days: 30 });
    expect(waiting.total.stillWaiting.count).toBe(0);
    expect(waiting.by.region).toMatchObject([{ group: '33.72', covered: { count: 1 } }]);
    expect(waiting.by.occupation).toMatchObject([{ group: 'buruh', name: { id: 'buruh', en: 'day labourer' } }]);
    expect(waiting.by.disability).toMatchObject([{ group: 'no', covered: { count: 1 } }]);
    expect(waiting.by.arm).toEqual([]);
  });

  it('goes on for who has no cover, or came back after one', () => {
    const back = workerOf({ waitingSince: '2027-03-01T03:00:00.000Z' as Instant });
    const { waiting } = count([{ covers: [] }, { worker: back, covers: [donated] }]);
    expect(waiting.total.covered.count).toBe(0);
    expect(waiting.total.stillWaiting).toMatchObject({
      count: 2,
      p50Days: 5,
      buckets: [
        { upToDays: 5, count: 1 },
        { upToDays: 180, count: 1 },
      ],
    });
  });

  it('is over for who left, and told in the period in which it ended', () => {
    const left = workerOf({ state: 'withdrawn' });
    expect(count([{ worker: left, covers: [] }]).waiting.total.stillWaiting.count).toBe(0);
    const period = { from: '2027-01-01' as CivilDate };
    expect(count([{ covers: [donated] }], { period }).waiting.total.covered.count).toBe(0);
  });
});
