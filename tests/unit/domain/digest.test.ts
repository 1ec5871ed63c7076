import { describe, expect, it } from 'vitest';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import {
  countInWords,
  type DigestFacts,
  DigestTally,
  digestIdOf,
  digestMessage,
  type EndingCover,
  endMonthOf,
  hasBegun,
  hasPassed,
  lastDaysInWords,
} from '../../../shared/domain/digest.ts';
import type { DonorId } from '../../../shared/domain/donor.ts';
import { priceTerm } from '../../../shared/domain/tariff.ts';

const FEBRUARY = '2027-02' as CivilMonth;
const day = (text: string) => text as CivilDate;
const months = priceTerm('JKK_JKM', 'non_transport', '2027-03' as CivilMonth, 3);

function factsOf(...covers: Partial<EndingCover>[]): DigestFacts {
  const tally = new DigestTally();
  for (const cover of covers) tally.take({ endDate: day('2027-03-01'), months, orderReferences: ['GNL-1'], ...cover });
  return tally.facts() as DigestFacts;
}

describe('a month of digests', () => {
  it('is the month of the last day of cover', () => {
    expect(endMonthOf(day('2027-03-01'))).toBe('2027-02');
    expect(endMonthOf(day('2027-03-02'))).toBe('2027-03');
  });

  it('begins thirty days before it and passes with its last day', () => {
    expect(hasBegun(FEBRUARY, day('2027-01-01'))).toBe(false);
    expect(hasBegun(FEBRUARY, day('2027-01-02'))).toBe(true);
    expect(hasPassed(FEBRUARY, day('2027-02-28'))).toBe(false);
    expect(hasPassed(FEBRUARY, day('2027-03-01'))).toBe(true);
  });

  it('has one digest for a donor', () => {
    const [a, b] = ['dnr_a', 'dnr_b'] as DonorId[];
    expect(digestIdOf(a!, FEBRUARY)).toBe(digestIdOf(a!, FEBRUARY));
    expect(digestIdOf(a!, FEBRUARY)).not.toBe(digestIdOf(b!, FEBRUARY));
    expect(digestIdOf(a!, FEBRUARY)).not.toBe(digestIdOf(a!, '2027-03' as CivilMonth));
  });
});

describe('the facts of a digest', () => {
  it('sum what all covers cost, month by month, whatever their order', () => {
    const later = { endDate: day('2027-03-20'), months: months.slice(1), orderReferences: ['GNL-2', 'GNL-1'] };
    const without = { endDate: day('2027-02-10'), orderReferences: [] };
    const facts = factsOf({}, later, without);
    expect(facts).toEqual({
      workers: 3,
      firstEnd: '2027-02-10',
      lastEnd: '2027-03-20',
      months: [
        { month: '2027-03', priceRupiah: 33_600 },
        { month: '2027-04', priceRupiah: 50_400 },
        { month: '2027-05', priceRupiah: 50_400 },
      ],
      links: [
        { orderReference: 'GNL-1', workers: 2 },
        { orderReference: 'GNL-2', workers: 1 },
      ],
      workersWithoutPledge: 1,
    });
    expect(factsOf(without, later, {})).toEqual(facts);
  });

  it('put the pledge with most workers first, of two alike the one first by name', () => {
    const references = factsOf(
      { orderReferences: ['GNL-9'] },
      {},
      { orderReferences: ['GNL-5'] },
      { orderReferences: ['GNL-5'] },
    );
    expect(references.links.map(({ orderReference }) => orderReference)).toEqual(['GNL-5', 'GNL-1', 'GNL-9']);
    const other = factsOf({}, { orderReferences: ['GNL-0'] });
    expect(other.links.map(({ orderReference }) => orderReference)).toEqual(['GNL-0', 'GNL-1']);
  });

  it('are in the order of months and of names, however they came', () => {
    for (const order of [months, months.toReversed()]) {
      const facts = factsOf(...order.map((month, index) => ({ months: [month], orderReferences: [`GNL-${index}`] })));
      expect(facts.months).toEqual(months);
      expect(facts.links.map(({ orderReference }) => orderReference)).toEqual(['GNL-0', 'GNL-1', 'GNL-2']);
    }
    const backwards = factsOf(...['GNL-3', 'GNL-2', 'GNL-1'].map((reference) => ({ orderReferences: [reference] })));
    expect(backwards.links[0]?.orderReference).toBe('GNL-1');
  });

  it('are none without a cover', () => {
    expect(new DigestTally().facts()).toBeNull();
  });
});

describe('the message of a digest', () => {
  const facts = factsOf(...Array.from({ length: 12 }, () => ({})));
  const url = 'https://lingkaran.example/renew/abc';

  it('says how many, until when, what it costs and where', () => {
    const { subject, text } = digestMessage(facts, FEBRUARY, [{ url, workers: 12 }], 'id');
    expect(subject).toBe('Perlindungan pekerja dari donasi Bapak/Ibu berakhir pada Februari 2027');
    expect(text).toContain('melindungi 12 pekerja yang hari terakhir perlindungannya 28 Februari 2027.');
    expect(text).toContain(
      '- Maret 2027: Rp201.600\n- April 2027: Rp201.600\n- Mei 2027: Rp201.600\nJumlah: Rp604.800',
    );
    expect(text).toContain(`Perpanjang 12 pekerja: ${url}`);
    expect(text).not.toContain('tanpa tagihan');
  });

  it('is whole in English too', () => {
    const mixed = factsOf(...Array.from({ length: 6 }, () => ({})), {
      orderReferences: [],
      endDate: day('2027-02-11'),
    });
    const { subject, text } = digestMessage(mixed, FEBRUARY, [{ url, workers: 6 }], 'en');
    expect(subject).toBe('Cover from your gift ends in February 2027');
    expect(text).toContain(
      'covers 7 workers whose last day of cover is between 10 February 2027 and 28 February 2027.',
    );
    expect(text).toContain('Total: Rp352.800');
    expect(text).toContain(`Renew 6 workers: ${url}`);
    expect(text).toContain('For fewer than five workers covered by gifts without an invoice');
    const indonesian = digestMessage(mixed, FEBRUARY, [], 'id').text;
    expect(indonesian).toContain('Untuk kurang dari lima pekerja dari donasi tanpa tagihan');
  });

  it('gives no number below five', () => {
    expect([1, 4, 5].map((workers) => countInWords(workers, 'id'))).toEqual([
      'kurang dari lima',
      'kurang dari lima',
      '5',
    ]);
    const { text } = digestMessage(factsOf({}, {}), FEBRUARY, [{ url, workers: 2 }], 'id');
    expect(text).toContain('melindungi kurang dari lima pekerja');
    expect(text).toContain('Perpanjang kurang dari lima pekerja');
  });

  it('names one last day or the first and the last', () => {
    const ends = { firstEnd: day('2027-02-11'), lastEnd: day('2027-03-01') };
    expect(lastDaysInWords(ends, 'id')).toBe('antara 10 Februari 2027 dan 28 Februari 2027');
    expect(lastDaysInWords({ ...ends, firstEnd: ends.lastEnd }, 'en')).toBe('28 February 2027');
  });
});
