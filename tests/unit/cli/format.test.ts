import { describe, expect, it } from 'vitest';
import { formatCount, formatField, formatRupiah, formatTime, outline, table } from '../../../infra/cli/format.ts';
import { nearest } from '../../../infra/cli/nearest.ts';

describe('money and time as Indonesians write them', () => {
  it.each([
    [0, 'Rp0'],
    [50_400, 'Rp50.400'],
    [-50_400, '-Rp50.400'],
    [1_411_200_000_000, 'Rp1.411.200.000.000'],
  ])('%d is %s', (amount, text) => expect(formatRupiah(amount)).toBe(text));

  it('a time names its zone, and a day begins in Jakarta', () => {
    expect(formatTime(Date.parse('2026-11-20T07:05:00Z'))).toBe('20 November 2026 pukul 14.05 WIB');
    expect(formatTime(Date.parse('2026-11-20T17:30:00Z'))).toBe('21 November 2026 pukul 00.30 WIB');
  });

  it('a field is written by what its name promises', () => {
    expect(formatField('remainingRupiah', 9_600)).toBe('Rp9.600');
    expect(formatField('workers', 1_204)).toBe('1.204');
    expect(formatField('endDate', '2027-03-01')).toBe('1 Maret 2027');
    expect(formatField('expiresAt', '2026-12-02T00:00:00Z')).toBe('2 Desember 2026 pukul 07.00 WIB');
    expect(formatField('endDate', null)).toBe('-');
    expect(formatCount(28_000_000)).toBe('28.000.000');
  });
});

it('a table sets numbers to the right', () => {
  const rows = [
    { name: 'payments', waiting: 0 },
    { name: 'funds', waiting: 1_204 },
  ];
  expect(table(rows, ['name', 'waiting'])).toEqual(['name      waiting', 'payments        0', 'funds       1.204']);
});

it('an outline shows the depth of a document', () => {
  expect(outline({ a: 1, b: { c: 'x', d: [], g: {} }, e: [{ f: true }] })).toEqual([
    'a: 1',
    'b:',
    '  c: x',
    '  d: none',
    '  g: none',
    'e:',
    '  [1]:',
    '    f: yes',
  ]);
});

describe('did you mean', () => {
  it.each([
    ['amuont', ['amount', 'fee'], 'amount'],
    ['payed', ['paid', 'pending', 'failed'], 'paid'],
    ['xyzzy', ['amount', 'fee'], undefined],
  ])('%s', (text, candidates, expected) => expect(nearest(text, candidates)).toBe(expected));
});
