/**
 * One line of a roster, as social-affairs offices and companies send them: with stray marks, spreadsheet damage and
 * several ways to say yes. A line is taken whole or refused with every column at fault; what looks odd but can be true
 * is a warning.
 */
import { WORKER_CHANNELS, type WorkerChannel } from './channels.ts';
import { addDays, addMonths, type CivilDate, type CivilMonth, isCivilDate, monthOf } from './dates.ts';
import { agreesWithBirthDate, type NikContents, parseNik, type Sex } from './nik.ts';
import { readOccupation, sectorOf } from './occupations.ts';
import type { ReasonCode } from './reasons.ts';
import type { Language, Person, WorkerProfile } from './worker.ts';

export const ROSTER_COLUMNS = [
  'nik',
  'name',
  'birth_date',
  'sex',
  'phone',
  'region',
  'occupation',
  'disability',
  'monthly_income',
  'source',
  'consent_messaging',
  'language',
] as const;
export type RosterColumn = (typeof ROSTER_COLUMNS)[number];
export type RosterRecord = Readonly<Record<RosterColumn, string>>;

export interface ColumnReason {
  readonly column: RosterColumn;
  readonly reason: ReasonCode;
}

export type RosterLine =
  | {
      readonly ok: true;
      readonly worker: WorkerProfile;
      readonly person: Person;
      readonly warnings: readonly ColumnReason[];
    }
  | { readonly ok: false; readonly errors: readonly ColumnReason[] };

export interface RosterRules {
  readonly today: CivilDate;
  readonly minimumAge: number;
  readonly maximumAgeAtRegistration: number;
}

const ADULT_AGE = 18;
const EARLIEST_BIRTH_DATE = '1900-01-01';
const LONGEST_NAME = 120;
const MONTHS_PER_YEAR = 12;
/** Verified by the national zakat body: the only word for it that a list can carry. */
const ZAKAT_BODY_SOURCE = 'baznas:';

type Reading<Value> = { readonly value: Value } | { readonly reason: ReasonCode };

const found = <Value>(value: Value): Reading<Value> => ({ value });
const fault = (reason: ReasonCode): { readonly reason: ReasonCode } => ({ reason });

/** Unicode in one form, without the invisible marks that copying leaves, single spaces. */
function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Digits as lists write them: a spreadsheet's text mark in front, spaces or dashes between. */
function digitsOf(text: string): string {
  return tidy(text)
    .replace(/^'/, '')
    .replace(/[\s.()-]/g, '');
}

/** A number that a spreadsheet has turned into 3.37E+15, or whose leading zero it took, is lost: nobody may guess it. */
function readNik(text: string): Reading<NikContents> {
  const contents = parseNik(tidy(text).replace(/^'/, '').replace(/\s/g, ''));
  return contents ? found(contents) : fault('nik_invalid');
}

function readName(text: string): Reading<string> {
  const name = tidy(text);
  return /\p{L}/u.test(name) && name.length <= LONGEST_NAME ? found(name) : fault('name_missing');
}

function ageReached(birthDate: CivilDate, years: number): CivilDate {
  return addMonths(birthDate, years * MONTHS_PER_YEAR);
}

function readBirthDate(text: string, rules: RosterRules): Reading<CivilDate> {
  const date = tidy(text);
  if (!isCivilDate(date) || date < EARLIEST_BIRTH_DATE || date > rules.today) return fault('birth_date_invalid');
  if (rules.today < ageReached(date, rules.minimumAge)) return fault('too_young');
  if (rules.today > lastRegistrationDate(date, rules)) return fault('too_old');
  return found(date);
}

/** The maximum age is reached and not yet passed: the day before the next birthday. */
function lastRegistrationDate(birthDate: CivilDate, rules: RosterRules): CivilDate {
  return addDays(ageReached(birthDate, rules.maximumAgeAtRegistration + 1), -1);
}

const SEXES: Readonly<Record<string, Sex>> = { l: 'male', m: 'male', p: 'female', f: 'female' };

function readSex(text: string): Reading<Sex> {
  const sex = SEXES[tidy(text).toLowerCase()];
  return sex ? found(sex) : fault('sex_invalid');
}

/** E.164. Indonesian numbers only: 08…, 62… or +62…, with 9 to 13 digits after the country code. */
export function readPhone(text: string): Reading<string | null> {
  const written = digitsOf(text);
  if (written === '') return found(null);
  const match = /^(?:0|\+?62)([1-9]\d{8,12})$/.exec(written);
  const local = match && (!written.startsWith('0') || written.startsWith('08'));
  return local ? found(`+62${match[1]}`) : fault('phone_invalid');
}

function readRegion(text: string): Reading<string> {
  const region = tidy(text);
  return /^\d{2}\.\d{2}$/.test(region) ? found(region) : fault('region_invalid');
}

function readOccupationCode(text: string, rules: RosterRules): Reading<string> {
  const code = readOccupation(tidy(text), rules.today);
  return code ? found(code) : fault('occupation_unknown');
}

const YES = new Set(['ya', 'y', 'yes', 'true', '1']);
const NO = new Set(['tidak', 't', 'no', 'n', 'false', '0', '']);

/** An empty field is no: neither a disability nor a consent is ever assumed. */
function readYesNo(text: string, reason: ReasonCode): Reading<boolean> {
  const word = tidy(text).toLowerCase();
  if (YES.has(word)) return found(true);
  return NO.has(word) ? found(false) : fault(reason);
}

interface Consent {
  readonly consentMessaging: boolean;
  readonly channels?: readonly WorkerChannel[];
}

const CHANNEL_NAMES: ReadonlySet<string> = new Set(WORKER_CHANNELS);

/** Yes, no, or the channels agreed to with the preferred one first: `whatsapp;sms`. */
function readConsent(text: string): Reading<Consent> {
  const yesOrNo = readYesNo(text, 'consent_missing');
  if ('value' in yesOrNo) return found({ consentMessaging: yesOrNo.value });
  const channels = tidy(text)
    .toLowerCase()
    .split(/[\s;,/|+]+/)
    .filter((word) => word !== '');
  if (channels.length === 0 || !channels.every((channel) => CHANNEL_NAMES.has(channel))) return yesOrNo;
  return found({ consentMessaging: true, channels: [...new Set(channels)] as WorkerChannel[] });
}

function readIncome(text: string): Reading<number | null> {
  const written = tidy(text);
  if (written === '') return found(null);
  return /^\d{1,12}$/.test(written) ? found(Number(written)) : fault('income_invalid');
}

/** Goes into the main table, so it is a short label, and a number of a person in the wrong column is refused (I9). */
function readSource(text: string): Reading<string> {
  const source = tidy(text);
  if (source === '') return fault('source_missing');
  return /^\p{L}[\p{L}\d:._ /&()+-]{0,79}$/u.test(source) && !/\d{9}/.test(source)
    ? found(source)
    : fault('field_invalid');
}

function readLanguage(text: string): Reading<Language> {
  const language = tidy(text).toLowerCase() || 'id';
  return language === 'id' || language === 'en' ? found(language) : fault('language_unknown');
}

function readColumns(record: RosterRecord, rules: RosterRules) {
  return {
    nik: readNik(record.nik),
    name: readName(record.name),
    birth_date: readBirthDate(record.birth_date, rules),
    sex: readSex(record.sex),
    phone: readPhone(record.phone),
    region: readRegion(record.region),
    occupation: readOccupationCode(record.occupation, rules),
    disability: readYesNo(record.disability, 'disability_invalid'),
    monthly_income: readIncome(record.monthly_income),
    source: readSource(record.source),
    consent_messaging: readConsent(record.consent_messaging),
    language: readLanguage(record.language),
  } satisfies Record<RosterColumn, Reading<unknown>>;
}

type Columns = ReturnType<typeof readColumns>;
type Values = { [Column in RosterColumn]: Columns[Column] extends Reading<infer Value> ? Value : never };

function warningsOf(values: Values, rules: RosterRules): ColumnReason[] {
  const warnings: ColumnReason[] = [];
  if (!agreesWithBirthDate(values.nik, values.birth_date))
    warnings.push({ column: 'birth_date', reason: 'nik_birth_date_mismatch' });
  if (values.nik.sex !== values.sex) warnings.push({ column: 'sex', reason: 'nik_sex_mismatch' });
  if (rules.today < ageReached(values.birth_date, ADULT_AGE))
    warnings.push({ column: 'birth_date', reason: 'child_data' });
  return warnings;
}

function profileOf(values: Values, rules: RosterRules, needsReview: boolean): WorkerProfile {
  return {
    region: values.region,
    occupation: values.occupation,
    sector: sectorOf(values.occupation),
    disability: values.disability,
    mustahik: values.source.toLowerCase().startsWith(ZAKAT_BODY_SOURCE),
    registrableUntilMonth: monthOf(lastRegistrationDate(values.birth_date, rules)) satisfies CivilMonth,
    ...values.consent_messaging,
    language: values.language,
    source: values.source,
    needsReview,
  };
}

function personOf(values: Values): Person {
  return {
    nik: values.nik.nik,
    name: values.name,
    birthDate: values.birth_date,
    sex: values.sex,
    phone: values.phone,
    monthlyIncomeRupiah: values.monthly_income,
  };
}

/** Reads one line. No consent to messages refuses nobody: such a worker is covered and never nudged. */
export function parseRosterLine(record: RosterRecord, rules: RosterRules): RosterLine {
  const columns = readColumns(record, rules);
  const errors = ROSTER_COLUMNS.flatMap((column) => {
    const reading = columns[column];
    return 'reason' in reading ? [{ column, reason: reading.reason }] : [];
  });
  if (errors.length > 0) return { ok: false, errors };
  const values = Object.fromEntries(
    ROSTER_COLUMNS.map((column) => [column, (columns[column] as { value: unknown }).value]),
  ) as unknown as Values;
  const warnings = warningsOf(values, rules);
  const needsReview = warnings.some(({ reason }) => reason === 'child_data');
  return { ok: true, worker: profileOf(values, rules, needsReview), person: personOf(values), warnings };
}
