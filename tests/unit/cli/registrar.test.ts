/** What `registrar` hands out and takes in, and how it ends. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { type StubSystem, startStub } from './stub-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'lingkaran-registrar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TITLES = 'cover_id,name\r\n';
const BATCHES = [
  { batchId: 'alc_1', covers: 1, exports: 0 },
  { batchId: 'alc_2', covers: 1, exports: 2 },
  { batchId: 'alc_3', covers: 1, exports: 0 },
];
const TAKEN = {
  taken: 1_200,
  known: 0,
  parked: 0,
  refused: 0,
  items: [{ line: 2, coverId: 'cov_a_1', result: 'taken' }],
};

let system: StubSystem;
let answered: unknown = TAKEN;
beforeEach(async () => {
  answered = TAKEN;
  const csv = (line: string) => `${TITLES}${line}\r\n`;
  system = await startStub({
    'GET /api/registrar/batches': { items: BATCHES, nextCursor: null },
    'GET /api/registrar/batches/alc_1': csv('cov_a_1,"Bu, Sri"'),
    'GET /api/registrar/batches/alc_2': csv('cov_b_1,Budi'),
    'GET /api/registrar/batches/alc_3': csv('cov_c_1,Citra'),
    'POST /api/registrar/answers': () => answered,
    'GET /api/registrar/answers': { items: [{ parkedId: 'prk_a_1_1', reason: 'registrar_age' }], nextCursor: null },
    'GET /api/registrar/answers/prk_a_1_1': { parkedId: 'prk_a_1_1', cells: { reason: 'bosan' } },
    'POST /api/registrar/answers/prk_a_1_1/settle': { parkedId: 'prk_a_1_1', state: 'settled' },
    'GET /api/registrar/cards': csv('cov_a_1,Sri'),
    'POST /api/registrar/cards': () => answered,
  });
});
afterEach(() => system.close());

const registrar = (...given: string[]) => run(['registrar', ...given, '--url', system.url, '--token', 'secret']);
const exported = () => system.asked.map(({ path }) => path).filter((path) => /batches\/alc/.test(path));

describe('taking batches out', () => {
  it('takes what was never taken, as one list under one line of titles', async () => {
    const ran = await registrar('export');
    expect(ran).toMatchObject({ exitCode: 0, out: `${TITLES}cov_a_1,"Bu, Sri"\r\ncov_c_1,Citra` });
    expect(exported()).toEqual(['/api/registrar/batches/alc_1', '/api/registrar/batches/alc_3']);
  });

  it('takes all that are open when told to, or those that are named, and marks numbers for spreadsheets', async () => {
    await registrar('export', '--again');
    expect(exported()).toHaveLength(3);
    await registrar('export', 'alc_2', '--spreadsheet');
    expect(exported().at(-1)).toBe('/api/registrar/batches/alc_2?spreadsheet=true');
  });

  it('writes a file that only its owner reads', async () => {
    const output = join(folder, 'batches.csv');
    const ran = await registrar('export', 'alc_1', '--output', output);
    expect(ran.out).toBe(`written to ${output}`);
    expect(readFileSync(output, 'utf8')).toBe(`${TITLES}cov_a_1,"Bu, Sri"\r\n`);
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  it('ends with 4 where there is no such batch, and shows what is open', async () => {
    expect(await registrar('export', 'alc_9')).toMatchObject({ exitCode: 4, out: '' });
    expect((await registrar('batches')).out).toMatch(/alc_2/);
  });
});

describe('bringing files in', () => {
  const file = join(folder, 'answers.csv');
  writeFileSync(file, 'cover_id,outcome\ncov_a_1,accepted\n');

  it('counts what became of the lines, and ends with 0 where all are settled', async () => {
    expect(await registrar('answers', file)).toMatchObject({
      exitCode: 0,
      out: '1.200 taken, 0 known, 0 parked, 0 refused',
    });
    expect(system.asked).toMatchObject([{ method: 'POST', body: readFileSync(file, 'utf8') }]);
    expect(system.asked[0]?.headers['content-type']).toBe('text/csv');
  });

  it('ends with 5 where lines need a person, and names them', async () => {
    const items = [
      { line: 7, coverId: 'cov_a_1', result: 'parked', column: 'reason', reason: 'registrar_reason_unknown' },
    ];
    answered = { ...TAKEN, parked: 1, items };
    for (const what of [['answers'], ['cards', 'confirm']]) {
      const ran = await registrar(...what, file);
      expect(ran.exitCode).toBe(5);
      expect(ran.out).toMatch(/7 +cov_a_1 +parked +reason +registrar_reason_unknown/);
    }
  });

  it('ends with 4 where there is no such file, and asks nobody', async () => {
    expect((await registrar('answers', join(folder, 'none.csv'))).exitCode).toBe(4);
    expect(system.asked).toEqual([]);
  });
});

describe('what is parked', () => {
  it('is listed, shown and settled', async () => {
    expect((await registrar('parked')).out).toContain('prk_a_1_1');
    expect((await registrar('parked', 'prk_a_1_1')).out).toContain('bosan');
    expect((await registrar('settle', 'prk_a_1_1', '--note', 'asked them')).exitCode).toBe(0);
    expect(JSON.parse(system.asked.at(-1)?.body ?? '')).toEqual({ note: 'asked them' });
  });
});

describe('cards', () => {
  it('are listed for a region or a batch, and not for both or neither', async () => {
    expect((await registrar('cards', 'list', '--region', '33.72')).out).toContain('cov_a_1,Sri');
    expect(system.asked.at(-1)?.path).toBe('/api/registrar/cards?region=33.72');
    await registrar('cards', 'list', '--batch', 'alc_1', '--all');
    expect(system.asked.at(-1)?.path).toBe('/api/registrar/cards?allocationId=alc_1&state=all');
    expect((await registrar('cards', 'list')).exitCode).toBe(2);
    expect((await registrar('cards', 'list', '--region', '33.72', '--batch', 'alc_1')).exitCode).toBe(2);
  });
});
