/**
 * Cells as spreadsheets write them: amounts with either kind of separator, dates in several orders, and ids that a
 * spreadsheet took for numbers. What could be read in two ways is refused, not guessed.
 */
import { type Instant, instantFromMilliseconds, isCivilDate } from '../domain/dates.ts';
import { type Rupiah, rupiah } from '../domain/money.ts';
import { Permanent } from '../errors.ts';

const WHOLE = String.raw`\d{1,15}|\d{1,3}(?:\.\d{3}){1,4}|\d{1,3}(?:,\d{3}){1,4}`;
const AMOUNT = new RegExp(`^(${WHOLE})(?:([.,])(\\d{1,2}))?$`);

/**
 * `Rp50.000`, `50,000.00`, `-7500`, `(7.500)`; a group of three digits is thousands, for rupiah has no third decimal.
 * An empty cell and a dash are nothing.
 *
 * @returns whole rupiah, negative where written so
 * @throws Permanent `amount_invalid`, `amount_has_sen`
 */
export function cellAmount(cell: string, field: string): Rupiah {
  const bare = cell.replaceAll(/\s|rp\.?|idr/gi, '');
  if (bare === '' || bare === '-') return rupiah(0);
  const isNegative = /^-|^\(.*\)$|-$/.test(bare);
  const match = AMOUNT.exec(bare.replaceAll(/^[-+(]|[-)]$/g, ''));
  const [, whole = '', mark, decimals = ''] = match ?? [];
  // `1.234.56` and `1,234,56`: one sign cannot part both thousands and decimals.
  if (!match || (mark !== undefined && whole.includes(mark))) throw new Permanent('amount_invalid', { field });
  if (Number(decimals) !== 0) throw new Permanent('amount_has_sen', { field });
  const amount = Number(whole.replaceAll(/[.,]/g, ''));
  return rupiah(isNegative ? -amount : amount);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'mei', 'jun', 'jul', 'agu', 'sep', 'okt', 'nov', 'des'];
const ENGLISH_MONTHS: Readonly<Record<string, string>> = { may: 'mei', aug: 'agu', agt: 'agu', oct: 'okt', dec: 'des' };

/**
 * `2026-11-20 14:05`, `2026/11/20`, `20/11/2026`, `20 Nov 2026`, or RFC 3339. The day comes before the month, as
 * Indonesia writes; without a zone it is WIB.
 *
 * @param isUtc true where the column's title says so
 * @throws Permanent `field_missing`, `field_invalid`
 */
export function cellInstant(cell: string, field: string, isUtc = false): Instant {
  if (cell === '') throw new Permanent('field_missing', { field });
  const zoned = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(cell);
  const milliseconds = Date.parse(zoned ? cell : withoutZone(cell, isUtc ? 'Z' : '+07:00'));
  if (Number.isNaN(milliseconds)) throw new Permanent('field_invalid', { field });
  return instantFromMilliseconds(milliseconds);
}

/** The same time in RFC 3339; empty, which is no time, where it cannot be read. */
function withoutZone(cell: string, zone: string): string {
  const [, date = '', time] = /^(.*?)(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?))?$/.exec(cell) ?? [];
  const day = civilDateIn(date.trim());
  if (!isCivilDate(day)) return '';
  return `${day}T${time === undefined ? '00:00:00' : time.padStart(time.length > 5 ? 8 : 5, '0')}${zone}`;
}

function civilDateIn(date: string): string {
  const yearFirst = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(date);
  if (yearFirst) return joined(yearFirst[1], yearFirst[2], yearFirst[3]);
  const [, day, month = '', year] = /^(\d{1,2})[-/ ]([a-z]{3,9}|\d{1,2})[-/ ](\d{4})$/i.exec(date) ?? [];
  const short = month.slice(0, 3).toLowerCase();
  const named = MONTHS.indexOf(ENGLISH_MONTHS[short] ?? short) + 1;
  return joined(year, named > 0 ? String(named) : month, day);
}

const joined = (year = '', month = '', day = '') => [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-');

/** A spreadsheet keeps fifteen digits of a number: what is longer and ends in zeros from there on was cut. */
const CUT_TO_FIFTEEN_DIGITS = /^\d{15}0+$/;
const AS_NUMBER = /^\d(?:[.,]\d+)?E\+?\d+$|^\d+[.,]\d+$/i;

/**
 * An id that was kept as text: `'123` and `="123"`, which spreadsheets read as text, are the id itself.
 *
 * @param shape what ids of this channel look like
 * @throws Permanent `field_missing`, or `id_mangled` where a spreadsheet took it for a number
 */
export function cellId(cell: string, field: string, shape: RegExp): string {
  const id = cell
    .replace(/^="(.*)"$/, '$1')
    .replace(/^'/, '')
    .trim();
  if (id === '') throw new Permanent('field_missing', { field });
  if (AS_NUMBER.test(id) && /[.,+]/.test(id)) throw new Permanent('id_mangled', { field });
  if (CUT_TO_FIFTEEN_DIGITS.test(id) || !shape.test(id)) throw new Permanent('id_mangled', { field });
  return id;
}
