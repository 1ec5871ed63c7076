import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { agreesWithBirthDate, parseNik } from '../../../shared/domain/nik.ts';

/** Synthetic: no area has the code 00. */
const nikOf = (day: string) => `000000${day}05900001`;
const two = (day: number) => String(day).padStart(2, '0');

describe('the day of birth in a NIK', () => {
  const days = Array.from({ length: 100 }, (_, day) => day);

  it.each(days.filter((day) => day >= 1 && day <= 31))('%i is a man', (day) => {
    expect(parseNik(nikOf(two(day)))).toMatchObject({ sex: 'male', dayOfMonth: day, month: 5, yearOfCentury: 90 });
  });

  it.each(days.filter((day) => day >= 41 && day <= 71))('%i is a woman', (day) => {
    expect(parseNik(nikOf(two(day)))).toMatchObject({ sex: 'female', dayOfMonth: day - 40 });
  });

  it.each(days.filter((day) => day === 0 || (day > 31 && day < 41) || day > 71))('%i is nobody', (day) => {
    expect(parseNik(nikOf(two(day)))).toBeUndefined();
  });
});

it.each([
  '',
  '000000010590000',
  '00000001059000011',
  '3.37E+15',
  '000000x105900001',
  '1000000010590000',
  'NIK0000000105900001',
  '0000000105900001x',
  '0000000113900001',
  '0000000100900001',
])('%j is no NIK', (text) => {
  expect(parseNik(text)).toBeUndefined();
});

it.each([1, 12])('month %i is one', (month) => {
  expect(parseNik(`00000001${two(month)}900001`)).toMatchObject({ month });
});

describe('against the declared birth date', () => {
  const woman = parseNik('0000005708900001')!;

  it('agrees in any century', () => {
    expect(agreesWithBirthDate(woman, '1990-08-17' as CivilDate)).toBe(true);
    expect(agreesWithBirthDate(woman, '2090-08-17' as CivilDate)).toBe(true);
  });

  it.each(['1990-08-16', '1990-07-17', '1991-08-17'])('differs from %s', (date) => {
    expect(agreesWithBirthDate(woman, date as CivilDate)).toBe(false);
  });
});
