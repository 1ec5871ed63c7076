/** CSV for spreadsheets of strangers: what is written can never become a formula there. */

/** By which a spreadsheet takes a cell for a formula (OWASP, CSV injection), in their wide forms too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NEEDS_QUOTES = /[",;\r\n]/;

/** A mark in front makes it text. */
function safeCell(value: string): string {
  const text = FORMULA.test(value.trimStart()) || FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Titles are the names of the first row's fields; null is an empty cell. */
export function safeCsv<Row extends Readonly<Record<string, string | null>>>(
  titles: readonly (keyof Row & string)[],
  rows: readonly Row[],
): string {
  const lines = rows.map((row) => titles.map((title) => safeCell(row[title] ?? '')).join(','));
  return [titles.join(','), ...lines, ''].join('\r\n');
}
