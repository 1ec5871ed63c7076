import { describe, expect, it } from 'vitest';
import { splitRoster as linesOf } from '../../../functions/import-workers/split-roster.ts';
import { ROSTER_COLUMNS } from '../../../shared/domain/roster.ts';

const HEADER = ROSTER_COLUMNS.join(',');
const LINE = '0000005708900001,Sri,1990-08-17,P,0812,33.72,pedagang,tidak,1,dinsos,ya,id';
const named = (name: string) => LINE.replace('Sri', name);
const splitRoster = (csv: Uint8Array) => [...linesOf(csv)];
const split = (...lines: string[]) => splitRoster(Buffer.from([HEADER, ...lines].join('\n')));
const namesOf = (lines: ReturnType<typeof split>) =>
  lines.map((line) => ('fields' in line ? line.fields[1] : line.reason));

function headerFault(header: string): { reason: string; field?: string; message: string } {
  try {
    splitRoster(Buffer.from(`${header}\n${LINE}`));
  } catch (error) {
    return error as never;
  }
  throw new Error('the header was taken');
}

describe('lines', () => {
  it('keep their numbers over blank lines and a list without an end', () => {
    expect(split(LINE, '', ',,,,,,,,,,,', LINE, '').map(({ line }) => line)).toEqual([2, 5]);
  });

  it('may end as on any system and begin with a byte order mark', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const lines = splitRoster(Buffer.from(`\uFEFF${[HEADER, LINE, LINE].join(end)}${end}`));
      expect(namesOf(lines)).toEqual(['Sri', 'Sri']);
    }
  });

  it('may quote commas, quotes and line ends', () => {
    const lines = split(named('"Sri, B.A."'), named('"Sri ""Ayu"""'), named('"Sri\nWahyuni"'), LINE);
    expect(namesOf(lines)).toEqual(['Sri, B.A.', 'Sri "Ayu"', 'Sri\nWahyuni', 'Sri']);
    expect(lines.map(({ line }) => line)).toEqual([2, 3, 4, 6]);
  });

  it('may hold a quote that means nothing', () => {
    expect(namesOf(split(named('Sri "Ayu" W'), named('Toko 5" S')))).toEqual(['Sri "Ayu" W', 'Toko 5" S']);
  });

  it('never swallow the next ones: a quote that is not closed spoils its own line', () => {
    const lines = split(LINE, named('"Sri'), LINE, named('"Ayu, S."'), ...Array.from({ length: 20 }, () => LINE));
    expect(lines).toHaveLength(24);
    expect(lines.filter((line) => 'reason' in line)).toEqual([{ line: 3, reason: 'line_malformed' }]);
  });

  it('are refused with too few or too many fields, and take a spreadsheet’s empty ones', () => {
    expect(namesOf(split('a,b,c', `${LINE},x`, `${LINE},,`))).toEqual(['line_malformed', 'line_malformed', 'Sri']);
  });

  it('are refused when nobody could have meant their length', () => {
    expect(split('x'.repeat(3_000))).toEqual([{ line: 2, reason: 'line_too_long' }]);
  });

  it('may be those of an old Windows spreadsheet', () => {
    const bytes = Buffer.from(`${HEADER}\n${named('Ren\u00E9')}`, 'latin1');
    expect(namesOf(splitRoster(bytes))).toEqual(['Ren\u00E9']);
  });

  it('may be parted by semicolons, as an Indonesian spreadsheet does', () => {
    const lines = splitRoster(Buffer.from(`${HEADER}\n${named('S, W')}`.replaceAll(',', ';').replace('S; W', 'S, W')));
    expect(namesOf(lines)).toEqual(['S, W']);
  });
});

describe('the header', () => {
  it('may stand in any order and letter case', () => {
    const columns = [...ROSTER_COLUMNS].reverse();
    const line = LINE.split(',').reverse().join(',');
    const [first] = splitRoster(Buffer.from(`${columns.join(',').toUpperCase()}\n${line}`));
    expect(first).toEqual({ line: 2, fields: LINE.split(',') });
  });

  it('names a missing, an unknown and a repeated column', () => {
    expect(headerFault(HEADER.replace('phone,', ''))).toMatchObject({ reason: 'line_malformed', field: 'phone' });
    expect(headerFault(`${HEADER},shoe_size`).message).toBe('unknown columns: shoe_size');
    expect(headerFault(`${HEADER},nik`).message).toBe('repeated columns: nik');
  });

  it('is not repeated where it is somebody’s data (I9)', () => {
    const { message, field } = headerFault(LINE);
    expect(`${message} ${field}`).not.toMatch(/Sri|0000005708900001/);
  });

  it('must be there', () => {
    expect(() => splitRoster(new Uint8Array())).toThrow(/the first line must be/);
    expect(split()).toEqual([]);
  });
});
