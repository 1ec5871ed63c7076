import { describe, expect, it } from 'vitest';
import { cellAmount, cellId, cellInstant } from '../../../shared/statements/cells.ts';

const reasonOf = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    return error;
  }
  throw new Error('it was read');
};

describe('an amount in a cell', () => {
  it.each([
    ['50000', 50_000],
    ['50.000', 50_000],
    ['50,000', 50_000],
    ['50000.00', 50_000],
    ['50000,0', 50_000],
    ['1,234,567.00', 1_234_567],
    ['Rp 1.234.567,00', 1_234_567],
    ['IDR 50.000', 50_000],
    ['-7500', -7_500],
    ['7.500-', -7_500],
    ['(7.500)', -7_500],
    ['-Rp7.500', -7_500],
    ['+5', 5],
    ['0', 0],
    ['-0', 0],
    ['', 0],
    [' - ', 0],
  ])('%j is %d', (cell, amount) => {
    expect(cellAmount(cell, 'net')).toBe(amount);
  });

  it.each([
    '5E+04',
    '5.00E+04',
    '1.23.456',
    '12,34,567',
    '1.234.56',
    'lima puluh',
    '#REF!',
    '5000,000',
    '1'.repeat(16),
    '--5',
  ])('%j is none', (cell) => {
    expect(reasonOf(() => cellAmount(cell, 'net'))).toMatchObject({ reason: 'amount_invalid', field: 'net' });
  });

  it.each(['50000.50', '50.000,5', '0.01'])('%j has sen', (cell) => {
    expect(reasonOf(() => cellAmount(cell, 'net'))).toMatchObject({ reason: 'amount_has_sen', field: 'net' });
  });
});

describe('a time in a cell', () => {
  it.each([
    ['2026-11-20', '2026-11-19T17:00:00.000Z'],
    ['2026/11/20', '2026-11-19T17:00:00.000Z'],
    ['2026-11-20 14:05', '2026-11-20T07:05:00.000Z'],
    ['2026/11/20 14:05:09', '2026-11-20T07:05:09.000Z'],
    ['2026-11-20T14:05:09', '2026-11-20T07:05:09.000Z'],
    ['20/11/2026', '2026-11-19T17:00:00.000Z'],
    ['03/04/2026 9:05', '2026-04-03T02:05:00.000Z'],
    ['3-4-2026', '2026-04-02T17:00:00.000Z'],
    ['20 Nov 2026', '2026-11-19T17:00:00.000Z'],
    ['5 Agustus 2026', '2026-08-04T17:00:00.000Z'],
    ['05 Aug 2026', '2026-08-04T17:00:00.000Z'],
    ['17-May-2026', '2026-05-16T17:00:00.000Z'],
    ['2026-11-20T14:05:09+08:00', '2026-11-20T06:05:09.000Z'],
    ['2026-11-20T07:05:09Z', '2026-11-20T07:05:09.000Z'],
  ])('%s is %s', (cell, instant) => {
    expect(cellInstant(cell, 'at')).toBe(instant);
  });

  it('is UTC where its column says so', () => {
    expect(cellInstant('2026/11/20', 'at', true)).toBe('2026-11-20T00:00:00.000Z');
  });

  it.each(['31/02/2026', '11/20/2026', '46346', 'kemarin', '2026-11-20 25:00', '20 Foo 2026', '2026-13-01'])(
    '%s is none',
    (cell) => {
      expect(reasonOf(() => cellInstant(cell, 'at'))).toMatchObject({ reason: 'field_invalid', field: 'at' });
    },
  );

  it('is missed where it is not there', () => {
    expect(reasonOf(() => cellInstant('', 'at'))).toMatchObject({ reason: 'field_missing', field: 'at' });
  });
});

describe('an id in a cell', () => {
  const NUMBERS = /^\d{17,19}$/;

  it.each([
    ['576486316948490001', '576486316948490001'],
    ["'576486316948490001", '576486316948490001'],
    ['="576486316948490001"', '576486316948490001'],
    ['576486316948490001\t', '576486316948490001'],
  ])('%j is %s', (cell, id) => {
    expect(cellId(cell, 'order', NUMBERS)).toBe(id);
  });

  it.each(['5.76486E+17', '5,76486E+17', '576486316948490000', '576486316948490001.0', '76486316948490'])(
    '%s was changed by a spreadsheet',
    (cell) => {
      expect(reasonOf(() => cellId(cell, 'order', NUMBERS))).toMatchObject({ reason: 'id_mangled', field: 'order' });
    },
  );

  it('may hold an E, and zeros at the end of fewer digits than a spreadsheet keeps', () => {
    expect(cellId('261120123456E7', 'order', /^\d{6}[0-9A-Z]{8}$/)).toBe('261120123456E7');
    expect(cellId('260422900198000', 'order', /^\d{10,18}$/)).toBe('260422900198000');
    expect(reasonOf(() => cellId('2E17', 'order', /^\d{3,}$/))).toMatchObject({ reason: 'id_mangled' });
  });

  it('is missed where it is not there', () => {
    for (const cell of ['', "'", '=""'])
      expect(reasonOf(() => cellId(cell, 'order', NUMBERS))).toMatchObject({ reason: 'field_missing' });
  });
});
