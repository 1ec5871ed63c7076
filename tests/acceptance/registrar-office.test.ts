/** A real office of the registrar: batches are taken out as files, answers and cards come back as files, in any order. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenAccounts, provenBalances } from './support/books.ts';
import { scanTables } from './support/data-folder.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { isDeployed, type System, startSystem } from './support/system.ts';
import { wibDate } from './support/wib.ts';

const BOUGHT = 4;
const DAY_MILLISECONDS = 86_400_000;
/** What a spreadsheet would run as a formula, were it written as it stands. */
const formula = (number: number) => `=HYPERLINK(${number}) Contoh`;
const PEOPLE = [1, 2, 3, 4, 5, 6].map((number) => person(number, { name: formula(number) }));

interface BatchLine {
  readonly cover_id: string;
  readonly nik: string;
  readonly name: string;
  readonly birth_date: string;
  readonly phone: string;
  readonly region: string;
  readonly earliest_start: string;
  readonly continues_from: string;
}

interface Batch {
  readonly batchId: string;
  readonly covers: number;
  readonly exports: number;
}

interface Result {
  readonly line: number;
  readonly coverId: string | null;
  readonly result: string;
  readonly column: string | null;
  readonly reason: string | null;
  readonly parkedId?: string;
}

interface Taken {
  readonly taken: number;
  readonly known: number;
  readonly parked: number;
  readonly refused: number;
  readonly items: readonly Result[];
}

class Office {
  readonly #system: System;
  constructor(system: System) {
    this.#system = system;
  }

  get #authorization() {
    return { authorization: `Bearer ${this.#system.token}` };
  }

  batches(): Promise<Batch[]> {
    return this.#system.list('/api/registrar/batches');
  }

  async file(path: string): Promise<{ text: string; headers: Headers }> {
    const response = await fetch(this.#system.url + path, { headers: this.#authorization });
    expect(response.status).toBe(200);
    return { text: await response.text(), headers: response.headers };
  }

  async linesOf(batchId: string): Promise<BatchLine[]> {
    return parse((await this.file(`/api/registrar/batches/${batchId}`)).text, { columns: true });
  }

  async bring(path: string, lines: readonly string[]): Promise<Taken> {
    const { status, body } = await this.#system.request<Taken>('POST', path, {
      headers: { ...this.#authorization, 'content-type': 'text/csv' },
      body: lines.join('\n'),
    });
    expect(status).toBe(200);
    return body;
  }

  answers(lines: readonly string[]): Promise<Taken> {
    return this.bring('/api/registrar/answers', [
      'cover_id,outcome,start_date,accepted_at,reason,card_number',
      ...lines,
    ]);
  }
}

describe('an office that is given files', () => {
  let system: System;
  let office: Office;
  /** Deployed, the day of the test. */
  let today = '2026-12-01';
  let amountRupiah = 0;
  let batch: Batch;
  let lines: BatchLine[];
  const coverOf = (index: number) => lines[index]?.cover_id as string;

  beforeAll(async () => {
    system = await startSystem({ configuration: { registrar: { kind: 'file' } } });
    office = new Office(system);
    await importRoster(system, roster(PEOPLE));
    today = wibDate(await system.nowMilliseconds());
    ({ amountRupiah } = (await system.pledge({ donor: { kind: 'individual' }, workers: BOUGHT })).body);
    const payment = newPayment(amountRupiah, await system.nowMilliseconds());
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
  });
  afterAll(() => system.stop());

  it('finds what was bought in the list of batches, and nobody is covered yet', async () => {
    const batches = await office.batches();
    expect(batches).toMatchObject([{ covers: 4, exports: 0 }]);
    batch = batches[0] as Batch;
    expect((await system.covers()).map(({ state }) => state)).toEqual(Array(4).fill('submitted'));
  });

  it('takes a batch with everything needed to enrol its people, which no cache keeps and no formula hides in', async () => {
    const { text, headers } = await office.file(`/api/registrar/batches/${batch.batchId}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toContain('text/csv');
    lines = parse(text, { columns: true });
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      const somebody = PEOPLE.find(({ nik }) => nik === line.nik);
      expect(line).toMatchObject({
        name: `'${somebody?.name}`,
        birth_date: somebody?.birthDate,
        phone: `62${somebody?.phone.slice(1)}`,
        region: '33.72',
        earliest_start: today,
        continues_from: '',
      });
    }
    for (const cell of lines.flatMap((line) => Object.values(line))) expect(cell).not.toMatch(/^[=+\-@\t]/);
    expect(await office.batches()).toMatchObject([{ exports: 1 }]);
  });

  it('keeps its exchange to operators', async () => {
    for (const path of ['batches', `batches/${batch.batchId}`, 'answers', 'cards?region=33.72'])
      expect((await system.request('GET', `/api/registrar/${path}`)).status).toBe(401);
  });

  it('is taken line by line: each that cannot be believed is named with its column and reason, and stops no other', async () => {
    const answered = await office.answers([
      `${coverOf(3)},rejected,,,registrar_data_differs,`,
      `${coverOf(1)},accepted,${today},,,KPJ-12345678`,
      `${coverOf(1)},accepted,${today},,,KPJ-12345678`,
      `${coverOf(1)},rejected,,,registrar_age,`,
      `${coverOf(2)},rejected,,,bosan,`,
      `cov_00000000000000000000_1,accepted,${today},,,`,
      `${coverOf(2)},accepted,kemarin,,,`,
      `${coverOf(2)},accepted,2062-12-01,,,`,
    ]);
    const shown = answered.items.map(({ line, result, column, reason }) => [line, result, column, reason]);
    expect(shown).toEqual([
      [2, 'taken', null, null],
      [3, 'taken', null, null],
      [4, 'known', null, null],
      [5, 'parked', 'outcome', 'registrar_contradiction'],
      [6, 'parked', 'reason', 'registrar_reason_unknown'],
      [7, 'parked', 'cover_id', 'registrar_never_submitted'],
      [8, 'refused', 'start_date', 'field_invalid'],
      [9, 'parked', 'start_date', 'registrar_start_impossible'],
    ]);
    await system.settle();
    expect((await system.cover(coverOf(1))).state).toBe('active');
    expect((await system.cover(coverOf(3))).state).toBe('rejected');
    for (const open of [coverOf(0), coverOf(2)]) expect((await system.cover(open)).state).toBe('submitted');
  });

  it('loses nothing: what was parked waits, says what it said to who asks, and is settled by a better line', async () => {
    const parked = await system.list<Result>('/api/registrar/answers', { state: 'parked' });
    expect(parked.map(({ reason }) => reason).sort()).toEqual([
      'registrar_contradiction',
      'registrar_never_submitted',
      'registrar_reason_unknown',
      'registrar_start_impossible',
    ]);
    expect(JSON.stringify(parked)).not.toContain('bosan');
    const unknown = parked.find(({ reason }) => reason === 'registrar_reason_unknown');
    const opened = await system.must<{ cells: unknown }>('GET', `/api/registrar/answers/${unknown?.parkedId}`);
    expect(opened.cells).toMatchObject({ coverId: coverOf(2), reason: 'bosan' });

    const better = await office.answers([
      `${coverOf(2)},diterima,${today},,,`,
      `${coverOf(0)},accepted,${today},${today}T00:01:00+07:00,,`,
      `${coverOf(1)},accepted,${today},,,KPJ-12345678`,
    ]);
    expect(better).toMatchObject({ taken: 2, known: 1, parked: 0, refused: 0 });
    const left = await system.list<Result>('/api/registrar/answers', { state: 'parked' });
    expect(left.map(({ reason }) => reason).sort()).toEqual(['registrar_contradiction', 'registrar_never_submitted']);
    for (const { parkedId } of left)
      await system.must('POST', `/api/registrar/answers/${parkedId}/settle`, { note: 'asked the office' });
    expect(await system.list('/api/registrar/answers', { state: 'parked' })).toEqual([]);
    expect(await system.list('/api/registrar/answers', { state: 'settled' })).toHaveLength(4);
  });

  it('gives the money of whom it refused to the next in line, whose batch it finds', async () => {
    // Money that comes back is spent again at once.
    if (!isDeployed) await system.advanceBy('PT10M');
    const covers = await system.covers();
    expect(Map.groupBy(covers, ({ state }) => state).get('active')).toHaveLength(3);
    const refused = covers.filter(({ state }) => state === 'rejected');
    expect(refused).toMatchObject([{ reason: 'registrar_data_differs' }]);
    const next = (await office.batches()).find(({ covers: all }) => all === 1);
    const [line] = await office.linesOf(next?.batchId as string);
    expect(lines.map(({ cover_id }) => cover_id)).not.toContain(line?.cover_id);
    await office.answers([`${line?.cover_id},accepted,${today},,,`]);
    await system.settle();
    expect(await system.cover(line?.cover_id as string)).toMatchObject({ state: 'active', startDate: today });
    const paidRupiah = BOUGHT * (covers[0]?.months[0]?.priceRupiah ?? 0);
    expect(await provenAccounts(system)).toEqual({
      'contributions:paid': paidRupiah,
      'cover:committed': amountRupiah - paidRupiah,
      'gateway:midtrans': -amountRupiah,
    });
  });

  it('brings cards, which are listed for the handover once and then noted on the cover', async () => {
    const { text, headers } = await office.file('/api/registrar/cards?region=33.72');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(parse(text, { columns: true })).toMatchObject([
      { cover_id: coverOf(1), card_number: 'KPJ-12345678', handed_over_on: '' },
    ]);
    expect((await office.file(`/api/registrar/cards?allocationId=${batch.batchId}`)).text).toBe(text);
    const title = 'cover_id,handed_over_on';
    expect(
      await office.bring('/api/registrar/cards', [title, `${coverOf(1)},${today}`, `${coverOf(0)},${today}`]),
    ).toMatchObject({
      taken: 1,
      refused: 1,
      items: [{ result: 'taken' }, { line: 3, result: 'refused', column: 'cover_id', reason: 'card_unknown' }],
    });
    expect(await office.bring('/api/registrar/cards', [title, `${coverOf(1)},${today}`])).toMatchObject({ known: 1 });
    const yesterday = wibDate((await system.nowMilliseconds()) - DAY_MILLISECONDS);
    expect(await office.bring('/api/registrar/cards', [title, `${coverOf(1)},${yesterday}`])).toMatchObject({
      items: [{ result: 'refused', column: 'handed_over_on', reason: 'registrar_contradiction' }],
    });
    expect(await system.cover(coverOf(1))).toMatchObject({ cardHandedOverOn: today });
    expect(await system.cover(coverOf(0))).toMatchObject({ cardHandedOverOn: null });
    expect(parse((await office.file('/api/registrar/cards?region=33.72')).text, { columns: true })).toEqual([]);
  });

  it.skipIf(isDeployed)('has nothing left to do, and the books hold', async () => {
    await system.advanceBy('PT1H');
    expect(await office.batches()).toEqual([]);
    await provenBalances(system);
  });

  it.skipIf(isDeployed)('told nobody else who anybody is: no log, and no row of any table but sealed', async () => {
    const [log, rows] = [system.stderr(), [...(await scanTables(system)).values()].join('\n')];
    expect(rows).toContain('registrar_answer');
    for (const secret of [...PEOPLE.map(({ nik }) => nik), 'KPJ-12345678', 'HYPERLINK', 'bosan']) {
      expect(log).not.toContain(secret);
      expect(rows).not.toContain(secret);
    }
  });
});
