import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../shared/domain/dates.ts';
import { dayIn, heldUntil, hourIn, zoneOf } from '../../../shared/domain/zones.ts';

const HOURS = { fromHour: 8, untilHour: 20 };
const at = (text: string) => new Date(text).toISOString() as Instant;

describe('the zone of a region', () => {
  it.each([
    [
      'WIB',
      ['11', '12', '13', '14', '15', '16', '17', '18', '19', '21', '31', '32', '33', '34', '35', '36', '61', '62'],
    ],
    ['WITA', ['51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76']],
    ['WIT', ['81', '82', '91', '92', '93', '94', '95', '96']],
  ])('%s: its provinces', (zone, provinces) => {
    expect(provinces.map((province) => zoneOf(`${province}.01`))).toEqual(provinces.map(() => zone));
    expect(provinces.map(zoneOf)).toEqual(provinces.map(() => zone));
  });

  it('is that of Jakarta where nobody knows the province', () => {
    expect(['00.00', '', '99.99', 'xx'].map(zoneOf)).toEqual(['WIB', 'WIB', 'WIB', 'WIB']);
  });
});

it('the same instant is another hour, and may be another day, in each zone', () => {
  const instant = at('2027-02-28T22:30:00+07:00');
  expect([hourIn('WIB', instant), hourIn('WITA', instant), hourIn('WIT', instant)]).toEqual([22, 23, 0]);
  expect([dayIn('WIB', instant), dayIn('WITA', instant), dayIn('WIT', instant)]).toEqual([
    '2027-02-28',
    '2027-02-28',
    '2027-03-01',
  ]);
});

describe('a message', () => {
  it.each([
    ['WIT', 'Jayapura', '+09:00'],
    ['WITA', 'Makassar', '+08:00'],
    ['WIB', 'Jakarta', '+07:00'],
  ] as const)('%s: may come to %s from 08.00 and not from 20.00', (zone, _city, offset) => {
    const on = (day: string, time: string) => at(`${day}T${time}${offset}`);
    expect(heldUntil(HOURS, zone, on('2027-02-28', '08:00:00'))).toBeNull();
    expect(heldUntil(HOURS, zone, on('2027-02-28', '19:59:59'))).toBeNull();
    expect(heldUntil(HOURS, zone, on('2027-02-28', '07:59:59'))).toBe(on('2027-02-28', '08:00:00'));
    expect(heldUntil(HOURS, zone, on('2027-02-28', '20:00:00'))).toBe(on('2027-03-01', '08:00:00'));
    expect(heldUntil(HOURS, zone, on('2027-03-01', '00:00:00'))).toBe(on('2027-03-01', '08:00:00'));
  });
});
