import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { OCCUPATIONS, readOccupation, sectorOf } from '../../../shared/domain/occupations.ts';
import { parseRosterLine, type RosterRecord, type RosterRules, readPhone } from '../../../shared/domain/roster.ts';

const rules: RosterRules = { today: '2026-11-20' as CivilDate, minimumAge: 15, maximumAgeAtRegistration: 65 };

const line: RosterRecord = {
  nik: '0000005708900001',
  name: 'Sri Wahyuni',
  birth_date: '1990-08-17',
  sex: 'P',
  phone: '0812-3456-7890',
  region: '33.72',
  occupation: 'pedagang',
  disability: 'tidak',
  monthly_income: '1200000',
  source: 'dinsos-surakarta',
  consent_messaging: 'ya',
  language: 'id',
};

const parse = (changes: Partial<RosterRecord> = {}) => parseRosterLine({ ...line, ...changes }, rules);
function accepted(changes: Partial<RosterRecord> = {}) {
  const result = parse(changes);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result;
}

describe('a good line', () => {
  it('parts what is personal from what the choice needs (I9)', () => {
    expect(parse()).toEqual({
      ok: true,
      worker: {
        region: '33.72',
        occupation: 'pedagang',
        sector: 'non_transport',
        disability: false,
        mustahik: false,
        registrableUntilMonth: '2056-08',
        consentMessaging: true,
        language: 'id',
        source: 'dinsos-surakarta',
        needsReview: false,
      },
      person: {
        nik: '0000005708900001',
        name: 'Sri Wahyuni',
        birthDate: '1990-08-17',
        sex: 'female',
        phone: '+6281234567890',
        monthlyIncomeRupiah: 1_200_000,
      },
      warnings: [],
    });
  });

  it('takes what lists leave empty', () => {
    const { worker, person } = accepted({
      phone: '',
      monthly_income: ' ',
      language: '',
      disability: '',
      consent_messaging: '',
    });
    expect(person).toMatchObject({ phone: null, monthlyIncomeRupiah: null });
    expect(worker).toMatchObject({ language: 'id', disability: false, consentMessaging: false });
  });

  it('takes the channels a worker agreed to, in their order', () => {
    const consent = (text: string) => accepted({ consent_messaging: text }).worker;
    expect(consent('SMS; whatsapp')).toMatchObject({ consentMessaging: true, channels: ['sms', 'whatsapp'] });
    expect(consent('sms/sms')).toMatchObject({ consentMessaging: true, channels: ['sms'] });
    expect(consent('ya')).not.toHaveProperty('channels');
    expect(consent('tidak')).not.toHaveProperty('channels');
    for (const text of ['email', 'sms;merpati', ';'])
      expect(parse({ consent_messaging: text })).toEqual({
        ok: false,
        errors: [{ column: 'consent_messaging', reason: 'consent_missing' }],
      });
  });

  it('mends stray marks, spaces and Unicode forms', () => {
    const { person } = accepted({ nik: "\uFEFF'00000057 08900001 ", name: ' Re\u0301ne\t Ayu\u200B  ', sex: 'f' });
    expect(person).toMatchObject({ nik: '0000005708900001', name: 'R\u00E9ne Ayu', sex: 'female' });
  });

  it.each([
    ['L', 'male'],
    ['m', 'male'],
    ['P', 'female'],
    ['f', 'female'],
  ])('reads %s as %s', (sex, expected) => {
    expect(accepted({ sex }).person.sex).toBe(expected);
  });

  it('reads English, however it is written', () => {
    expect(accepted({ language: ' EN ' }).worker.language).toBe('en');
  });

  it('has a name and a source as long as they may be', () => {
    expect(accepted({ name: 'a'.repeat(120) }).person.name).toHaveLength(120);
    expect(accepted({ name: 'Sri\tWahyuni' }).person.name).toBe('Sri Wahyuni');
    expect(accepted({ source: 'd'.repeat(80) }).worker.source).toHaveLength(80);
    expect(accepted({ source: 'Dinsos (33.72) 2026/11 & mitra_a+b' }).worker.source).toMatch(/2026/);
  });

  it.each(['ya', 'y', 'TRUE', '1', ' Yes '])('reads %j as yes', (word) => {
    expect(accepted({ disability: word }).worker.disability).toBe(true);
  });

  it.each(['tidak', 't', 'false', '0', 'No', 'n'])('reads %j as no', (word) => {
    expect(accepted({ disability: word }).worker.disability).toBe(false);
  });

  it('knows the poor only from a zakat body', () => {
    expect(accepted({ source: 'BAZNAS:surakarta' }).worker.mustahik).toBe(true);
    expect(accepted({ source: 'dinsos baznas:' }).worker.mustahik).toBe(false);
    expect(accepted({ monthly_income: '0' }).worker.mustahik).toBe(false);
  });

  it('keeps those who do not consent to messages', () => {
    expect(accepted({ consent_messaging: 'tidak' }).worker.consentMessaging).toBe(false);
  });
});

describe('a line at fault', () => {
  it.each<[keyof RosterRecord, string, string]>([
    ['nik', '3.37E+15', 'nik_invalid'],
    ['nik', '000005708900001', 'nik_invalid'],
    ['nik', '', 'nik_invalid'],
    ['nik', "000000'5708900001", 'nik_invalid'],
    ['name', ' - ', 'name_missing'],
    ['name', 'a'.repeat(121), 'name_missing'],
    ['birth_date', '17/08/1990', 'birth_date_invalid'],
    ['birth_date', '1990-02-30', 'birth_date_invalid'],
    ['birth_date', '1899-12-31', 'birth_date_invalid'],
    ['birth_date', '1900-01-01', 'too_old'],
    ['birth_date', '2026-11-21', 'birth_date_invalid'],
    ['birth_date', '2026-11-20', 'too_young'],
    ['birth_date', '2011-11-21', 'too_young'],
    ['birth_date', '1960-11-20', 'too_old'],
    ['sex', 'x', 'sex_invalid'],
    ['phone', '12345', 'phone_invalid'],
    ['region', '3372', 'region_invalid'],
    ['region', '33.7', 'region_invalid'],
    ['region', '133.72', 'region_invalid'],
    ['region', '33.720', 'region_invalid'],
    ['occupation', 'astronaut', 'occupation_unknown'],
    ['disability', 'mungkin', 'disability_invalid'],
    ['monthly_income', '1.5', 'income_invalid'],
    ['source', '', 'source_missing'],
    ['source', 'call 081234567890', 'field_invalid'],
    ['source', '=1+1', 'field_invalid'],
    ['source', '=dinsos', 'field_invalid'],
    ['source', 'dinsos=1', 'field_invalid'],
    ['source', 'dinsos;drop', 'field_invalid'],
    ['source', 'd'.repeat(81), 'field_invalid'],
    ['consent_messaging', 'nanti', 'consent_missing'],
    ['language', 'jv', 'language_unknown'],
  ])('%s %j: %s', (column, value, reason) => {
    expect(parse({ [column]: value })).toEqual({ ok: false, errors: [{ column, reason }] });
  });

  it('names every column at fault, in the order of the header', () => {
    expect(parse({ language: 'jv', nik: '1' })).toEqual({
      ok: false,
      errors: [
        { column: 'nik', reason: 'nik_invalid' },
        { column: 'language', reason: 'language_unknown' },
      ],
    });
  });
});

describe('age', () => {
  it('is reached on the birthday and passed on the day before the one after the last', () => {
    expect(accepted({ birth_date: '2011-11-20' }).worker.registrableUntilMonth).toBe('2077-11');
    expect(accepted({ birth_date: '1960-11-21' }).worker.registrableUntilMonth).toBe('2026-11');
    expect(accepted({ birth_date: '1960-12-01' }).worker.registrableUntilMonth).toBe('2026-11');
  });

  it('under 18 is data of a child: taken, and looked at', () => {
    const child = accepted({ birth_date: '2008-11-21' });
    expect(child.worker.needsReview).toBe(true);
    expect(child.warnings).toContainEqual({ column: 'birth_date', reason: 'child_data' });
    expect(accepted({ birth_date: '2008-11-20' }).worker.needsReview).toBe(false);
  });
});

it('only warns where NIK and declaration differ', () => {
  expect(accepted({ birth_date: '1990-08-18', sex: 'L' }).warnings).toEqual([
    { column: 'birth_date', reason: 'nik_birth_date_mismatch' },
    { column: 'sex', reason: 'nik_sex_mismatch' },
  ]);
});

describe('phone numbers', () => {
  it.each([
    ['081234567890', '+6281234567890'],
    ['6281234567890', '+6281234567890'],
    ['+62 812-3456-7890', '+6281234567890'],
    ["'0812.3456.7890", '+6281234567890'],
    ['+62 271 6340000', '+622716340000'],
    ['0812345678', '+62812345678'],
    ['08123456789012', '+628123456789012'],
  ])('%s is %s', (text, expected) => {
    expect(readPhone(text)).toEqual({ value: expected });
  });

  it.each([
    '081234567',
    '0812345678901234',
    '0271634000',
    '+6081234567890',
    '81234567890',
    '8.12E+10',
    'ada',
    "0812'34567890",
  ])('%s is none', (text) => {
    expect(readPhone(text)).toEqual({ reason: 'phone_invalid' });
  });
});

describe('occupations', () => {
  const today = rules.today;

  it.each(['ojek', 'kurir', 'pengemudi'])('%s is transport', (code) => expect(sectorOf(code)).toBe('transport'));
  it.each(['buruh', 'pedagang', 'petani', 'nelayan', 'gone'])('%s is not', (code) =>
    expect(sectorOf(code)).toBe('non_transport'),
  );

  it('reads the ways people write them', () => {
    expect(readOccupation(' Ojek Online', today)).toBe('ojek');
    expect(readOccupation('asisten-rumah-tangga', today)).toBe('asisten_rumah_tangga');
    expect(readOccupation('kuli  -  bangunan', today)).toBe('buruh_bangunan');
    expect(readOccupation('', today)).toBeUndefined();
  });

  it('has one meaning for each word', () => {
    const words = OCCUPATIONS.flatMap((row) => [row.code, ...(row.alsoWritten ?? [])]);
    expect(new Set(words).size).toBe(words.length);
  });

  it('knows codes only while they are in force', () => {
    const rows = [
      {
        code: 'ojek',
        sector: 'transport' as const,
        fromDate: '2026-01-01' as CivilDate,
        untilDate: '2026-07-01' as CivilDate,
      },
    ];
    expect(readOccupation('becak', '2026-01-01' as CivilDate, rows)).toBeUndefined();
    expect(readOccupation('ojek', '2025-12-31' as CivilDate, rows)).toBeUndefined();
    expect(readOccupation('ojek', '2026-01-01' as CivilDate, rows)).toBe('ojek');
    expect(readOccupation('ojek', '2026-07-01' as CivilDate, rows)).toBeUndefined();
  });
});
