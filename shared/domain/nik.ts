/**
 * The national identity number: PP KK CC (where it was first issued), DDMMYY with 40 added to the day for women, and a
 * serial. It has no check digit and never changes: not on moving, not when a birth date is corrected. So the place in
 * it says nothing about where a person lives and is not read, and a mismatch with the declared birth date or sex is
 * only a warning.
 */
import type { CivilDate } from './dates.ts';

declare const nikBrand: unique symbol;
/** 16 digits. Personal data: it lives in the vault and nowhere else (I9). */
export type Nik = string & { readonly [nikBrand]: true };
export type Sex = 'female' | 'male';

export interface NikContents {
  readonly nik: Nik;
  readonly sex: Sex;
  readonly dayOfMonth: number;
  readonly month: number;
  /** Two digits: the number does not tell the century. */
  readonly yearOfCentury: number;
}

const FEMALE_DAY_SHIFT = 40;

function isDay(day: number): boolean {
  return day >= 1 && day <= 31;
}

/** The contents of a well-formed NIK, or undefined. */
export function parseNik(text: string): NikContents | undefined {
  const match = /^\d{6}(\d{2})(\d{2})(\d{2})\d{4}$/.exec(text);
  if (!match) return undefined;
  const [day, month, yearOfCentury] = match.slice(1).map(Number) as [number, number, number];
  const female = day > FEMALE_DAY_SHIFT;
  const dayOfMonth = female ? day - FEMALE_DAY_SHIFT : day;
  if (!isDay(dayOfMonth) || month < 1 || month > 12) return undefined;
  return { nik: text as Nik, sex: female ? 'female' : 'male', dayOfMonth, month, yearOfCentury };
}

export function agreesWithBirthDate(contents: NikContents, birthDate: CivilDate): boolean {
  const [year, month, day] = birthDate.split('-').map(Number) as [number, number, number];
  return contents.dayOfMonth === day && contents.month === month && contents.yearOfCentury === year % 100;
}
