import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addMonths, type CivilDate } from '../../shared/domain/dates.ts';
import { parseNik } from '../../shared/domain/nik.ts';
import { parseRosterLine, ROSTER_COLUMNS, type RosterRecord, readPhone } from '../../shared/domain/roster.ts';

const rules = { today: '2026-11-20' as CivilDate, minimumAge: 15, maximumAgeAtRegistration: 65 };

const birthDates = fc
  .date({ min: new Date('1930-01-01'), max: new Date('2020-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10) as CivilDate);

/** A line in which NIK, birth date and sex agree. */
const people = fc
  .record({ birthDate: birthDates, female: fc.boolean(), serial: fc.integer({ min: 1, max: 9999 }) })
  .map(({ birthDate, female, serial }) => {
    const [year = '', month = '', day = ''] = birthDate.split('-');
    const nikDay = String(Number(day) + (female ? 40 : 0)).padStart(2, '0');
    return {
      birthDate,
      female,
      nik: `000000${nikDay}${month}${year.slice(2)}${String(serial).padStart(4, '0')}`,
    };
  });

const recordOf = ({ birthDate, female, nik }: { birthDate: string; female: boolean; nik: string }): RosterRecord => ({
  nik,
  name: 'Sri',
  birth_date: birthDate,
  sex: female ? 'P' : 'L',
  phone: '081234567890',
  region: '33.72',
  occupation: 'buruh',
  disability: '',
  monthly_income: '',
  source: 'dinsos',
  consent_messaging: 'ya',
  language: 'id',
});

const ageOf = (birthDate: CivilDate) => {
  let years = 0;
  while (addMonths(birthDate, (years + 1) * 12) <= rules.today) years += 1;
  return years;
};

it('takes exactly those between the age limits, without a warning but for children', () => {
  fc.assert(
    fc.property(people, (person) => {
      const age = ageOf(person.birthDate);
      const result = parseRosterLine(recordOf(person), rules);
      expect(result.ok).toBe(age >= 15 && age <= 65);
      if (!result.ok) return;
      expect(result.worker.needsReview).toBe(age < 18);
      expect(result.warnings).toHaveLength(age < 18 ? 1 : 0);
      expect(result.worker.registrableUntilMonth >= '2026-11').toBe(true);
    }),
  );
});

it('puts nothing personal where the main table can see it (I9)', () => {
  fc.assert(
    fc.property(people, (person) => {
      const result = parseRosterLine(recordOf(person), rules);
      if (!result.ok) return;
      const open = JSON.stringify(result.worker);
      for (const secret of [person.nik, person.birthDate, '81234567890', 'Sri']) expect(open).not.toContain(secret);
    }),
  );
});

it('never throws, and refuses with a column and a reason', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1', 'ya', '2000-01-01', '33.72', 'ojek', '081234567890'),
  );
  fc.assert(
    fc.property(fc.tuple(...ROSTER_COLUMNS.map(() => words)), (fields) => {
      const record = Object.fromEntries(ROSTER_COLUMNS.map((column, index) => [column, fields[index]]));
      const result = parseRosterLine(record as RosterRecord, rules);
      if (!result.ok) expect(result.errors.length).toBeGreaterThan(0);
    }),
  );
});

it('reads a NIK of 16 digits or none', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{14,18}$/), (text) => {
      const contents = parseNik(text);
      if (contents) expect(contents.nik).toMatch(/^\d{16}$/);
      if (text.length !== 16) expect(contents).toBeUndefined();
    }),
  );
});

it('makes one number of every way to write it', () => {
  const locals = fc.stringMatching(/^8\d{8,12}$/);
  fc.assert(
    fc.property(locals, fc.constantFrom('0', '62', '+62', '+62 ', "'0"), (local, prefix) => {
      expect(readPhone(`${prefix}${local.slice(0, 3)}-${local.slice(3)}`)).toEqual({ value: `+62${local}` });
    }),
  );
});
