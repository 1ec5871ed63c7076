/** Rosters as offices send them: every fault is told by line, column and reason, and stops no other line. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProblemDocument } from './support/contract.ts';
import { HEADER, importRoster, line, people, person, postRoster, type RosterPerson, roster } from './support/roster.ts';
import { isDeployed, type System, startSystem } from './support/system.ts';

/** On a stack that is not empty the numbers of these tests must be new ones. */
const BASE = isDeployed ? Math.floor(Date.now() / 1000) % 40_000_000 : 0;

let system: System;
let nextGood = BASE + 10_000;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

describe('a line at fault', () => {
  it.each<[reason: string, column: string, given: Partial<RosterPerson>]>([
    ['nik_invalid', 'nik', { nik: '12345' }],
    ['nik_invalid', 'nik', { nik: '0033724513990001' }],
    ['nik_invalid', 'nik', { nik: '3.37E+15' }],
    ['name_missing', 'name', { name: ' ' }],
    ['birth_date_invalid', 'birth_date', { birthDate: '1990-02-30' }],
    ['birth_date_invalid', 'birth_date', { birthDate: '01/02/1990' }],
    ['birth_date_invalid', 'birth_date', { birthDate: '2999-01-01' }],
    ['too_young', 'birth_date', { birthDate: '2015-06-01' }],
    ['too_old', 'birth_date', { birthDate: '1950-06-01' }],
    ['sex_invalid', 'sex', { sex: 'X' }],
    ['phone_invalid', 'phone', { phone: '+14155550100' }],
    ['region_invalid', 'region', { region: 'Surakarta' }],
    ['occupation_unknown', 'occupation', { occupation: 'astronot' }],
    ['disability_invalid', 'disability', { disability: 'mungkin' }],
    ['income_invalid', 'monthly_income', { monthlyIncome: '1.000.000' }],
    ['source_missing', 'source', { source: '' }],
    ['consent_missing', 'consent_messaging', { consentMessaging: 'entah' }],
    ['language_unknown', 'language', { language: 'jv' }],
  ])('is told as %s in %s, and the next one is taken', async (reason, column, given) => {
    nextGood += 1;
    const result = await importRoster(system, roster([person(BASE + 1, given), person(nextGood)]));
    expect(result.rejected).toMatchObject([{ line: 2, column, reason }]);
    expect(result.accepted).toBe(1);
  });

  it('without all its columns has no column at fault but itself', async () => {
    const csv = [HEADER, 'a,b,c', line(person(BASE + 40)), ''].join('\n');
    const { accepted, rejected } = await importRoster(system, csv);
    expect(rejected).toMatchObject([{ line: 2, column: null, reason: 'line_malformed' }]);
    expect(accepted).toBe(1);
  });

  it('with a quote that is never closed does not swallow the rest', async () => {
    const broken = `${person(BASE + 41).nik},"Tanpa tutup${','.repeat(10)}`;
    const { accepted, rejected } = await importRoster(
      system,
      [HEADER, broken, ...people(BASE + 42, 20).map(line)].join('\n'),
    );
    expect(rejected).toMatchObject([{ line: 2, reason: 'line_malformed' }]);
    expect(accepted).toBe(20);
  });
});

describe('a roster', () => {
  it('counts accepted, duplicate and rejected lines, each where it stands', async () => {
    const given = [
      person(BASE + 101),
      person(BASE + 102, { birthDate: '2020-01-01' }),
      person(BASE + 101, { name: 'Sama Lagi' }),
      person(BASE + 103, { phone: '' }),
      person(BASE + 104, { occupation: 'astronot', sex: 'X' }),
    ];
    const result = await importRoster(system, roster(given));
    expect(result).toMatchObject({ state: 'done', accepted: 2, duplicates: 1 });
    expect(result.rejected).toMatchObject([
      { line: 3, column: 'birth_date', reason: 'too_young' },
      { line: 6, column: 'sex', reason: 'sex_invalid' },
    ]);
  });

  it('handed in twice brings nobody in twice', async () => {
    const csv = roster(people(BASE + 201, 30));
    expect(await importRoster(system, csv)).toMatchObject({ accepted: 30, duplicates: 0, rejected: [] });
    expect(await importRoster(system, csv)).toMatchObject({ accepted: 0, duplicates: 30, rejected: [] });
  });

  it('handed in twice at the same moment brings everybody in once', async () => {
    const csv = roster(people(BASE + 301, 60));
    const results = await Promise.all([importRoster(system, csv), importRoster(system, csv)]);
    expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(60);
    expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(60);
  });

  it('may begin with a byte order mark, end its lines as Windows does and use semicolons', async () => {
    const windows = `\uFEFF${roster(people(BASE + 401, 3), '\r\n')}`;
    expect(await importRoster(system, windows)).toMatchObject({ accepted: 3, rejected: [] });
    const semicolons = roster(people(BASE + 404, 3)).replaceAll(',', ';');
    expect(await importRoster(system, semicolons)).toMatchObject({ accepted: 3, rejected: [] });
  });

  it('may quote, leave empty lines, and have its columns in another order', async () => {
    const quoted = line(person(BASE + 501, { name: '"Contoh, Pekerja ""Lama"""' }));
    const csv = [HEADER, '', quoted, ',,,,,,,,,,,', line(person(BASE + 502))].join('\n');
    expect(await importRoster(system, csv)).toMatchObject({ accepted: 2, rejected: [] });
    const turned = [HEADER, line(person(BASE + 503))].map((text) => text.split(',').reverse().join(',')).join('\n');
    expect(await importRoster(system, turned)).toMatchObject({ accepted: 1, rejected: [] });
  });

  it('of two thousand lines is taken whole, and its faults keep their line numbers', async () => {
    const lines = people(BASE + 2_000, 2_000).map(line);
    for (const index of [0, 999, 1_999]) lines[index] = lines[index]!.replace('33.72', 'xx');
    const { accepted, rejected } = await importRoster(system, [HEADER, ...lines].join('\n'));
    expect(accepted).toBe(1_997);
    expect(rejected.map(({ line: number }) => number).sort((a, b) => a - b)).toEqual([2, 1_001, 2_001]);
    expect(new Set(rejected.map(({ column, reason }) => `${column} ${reason}`))).toEqual(
      new Set(['region region_invalid']),
    );
  });

  it('with nothing but its header is done at once', async () => {
    expect(await importRoster(system, `${HEADER}\n`)).toMatchObject({ state: 'done', accepted: 0, rejected: [] });
  });

  it.each<[name: string, csv: string | Uint8Array]>([
    ['without a header', line(person(BASE + 601))],
    ['with a column missing', roster([]).replace(',region', '')],
    ['with a column we do not know', roster([]).replace('language', 'language,shoe_size')],
    ['that is empty', ''],
    ['that is a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2, 3])],
  ])('%s is refused as a whole', async (_name, csv) => {
    const { status, contentType, body } = await postRoster(system, csv);
    expect(status).toBe(400);
    expect(contentType).toContain('application/problem+json');
    expect(body as unknown as ProblemDocument).toMatchObject({ status: 400, detail: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain(person(BASE + 601).nik);
  });

  it('puts its workers in line as waiting, with what the choice needs and nothing about who they are', async () => {
    const given = { region: '18.71', occupation: 'Ojek Online', disability: 'YA' };
    await importRoster(system, roster([person(BASE + 700, given)]));
    const [worker] = (await system.workers({ region: '18.71' })).slice(-1);
    expect(worker).toMatchObject({ state: 'waiting', occupation: 'ojek', disability: true, coverId: null });
    expect(JSON.stringify(worker)).not.toMatch(/Contoh|0033|812/);
  });
});
