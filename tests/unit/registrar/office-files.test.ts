/** Files that go to an office of the registrar and come back from it. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import type { CoverId, WorkerId } from '../../../shared/domain/ids.ts';
import type { Nik } from '../../../shared/domain/nik.ts';
import type { Enrolment } from '../../../shared/domain/registrar.ts';
import type { Person } from '../../../shared/domain/worker.ts';
import { readAnswerLines } from '../../../shared/registrar/answers-csv.ts';
import { batchCsv } from '../../../shared/registrar/batch-csv.ts';
import { handoverCsv, readHandovers } from '../../../shared/registrar/handover-csv.ts';
import { safeCsv } from '../../../shared/registrar/safe-csv.ts';

const NOW = '2026-12-10T03:00:00.000Z' as Instant;
const COVER = 'cov_0123456789abcdef0123_1' as CoverId;

describe('a file for a spreadsheet', () => {
  it.each(['=1+1', '+62811', '-5', '@SUM(A1)', '\t=1', '\r=1', '  =1+1', '＝1', '＋1', '－1', '＠x'])(
    'never holds the formula %j',
    (cell) => {
      const [[written] = []] = parse(safeCsv(['a'], [{ a: cell }]), { fromLine: 2, skipEmptyLines: true });
      expect(written).toBe(`'${cell}`);
    },
  );

  it('says anything else as it is, and is read back cell by cell', () => {
    const text = fc.string({ unit: 'binary' }).filter((cell) => !/^\s*[=+\-@\t\r\n＝＋－＠]/.test(cell));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [row] = parse(safeCsv(['a', 'b'], [{ a, b }]), {
          columns: true,
          recordDelimiter: '\r\n',
          skipEmptyLines: false,
        });
        expect(row).toEqual({ a, b });
      }),
    );
  });

  it('has empty cells where nothing is known', () => {
    expect(safeCsv(['a', 'b'], [{ a: null, b: 'x' }])).toBe('a,b\r\n,x\r\n');
  });
});

describe('a batch', () => {
  const enrolment: Enrolment = {
    coverId: COVER,
    workerId: 'wrk_0123456789abcdef0123' as WorkerId,
    package: 'JKK_JKM',
    termMonths: 3,
    earliestStartDate: '2027-03-01' as CivilDate,
    continuesFrom: '2027-03-01' as CivilDate,
    graceEndsOn: '2027-06-01' as CivilDate,
  };
  const person: Person = {
    nik: '0033724108900001' as Nik,
    name: 'Sri, Bu',
    birthDate: '1990-08-01' as CivilDate,
    sex: 'female',
    phone: '+628123456789',
    monthlyIncomeRupiah: null,
  };
  const worker = { region: '33.72', occupation: 'ojek' };

  it('has everything that enrols a person', () => {
    const [line] = parse(batchCsv([{ enrolment, person, worker }], false), { columns: true });
    expect(line).toEqual({
      cover_id: COVER,
      nik: '0033724108900001',
      name: 'Sri, Bu',
      birth_date: '1990-08-01',
      sex: 'P',
      phone: '628123456789',
      region: '33.72',
      occupation: 'ojek',
      package: 'JKK_JKM',
      term_months: '3',
      earliest_start: '2027-03-01',
      continues_from: '2027-03-01',
    });
  });

  it('marks the NIK as text for a spreadsheet, which keeps fifteen digits only', () => {
    const [line] = parse<Record<string, string>>(batchCsv([{ enrolment, person, worker }], true), { columns: true });
    expect(line?.nik).toBe("'0033724108900001");
  });

  it('names an erased person by the cover alone', () => {
    const bare = { ...enrolment, continuesFrom: null };
    const [line] = parse<Record<string, string>>(batchCsv([{ enrolment: bare, person: null, worker: null }], true), {
      columns: true,
    });
    expect(line).toMatchObject({
      cover_id: COVER,
      nik: '',
      name: '',
      sex: '',
      phone: '',
      region: '',
      continues_from: '',
    });
  });

  it('says L for a man, and nothing where there is no telephone', () => {
    const man: Person = { ...person, sex: 'male', phone: null };
    expect(parse(batchCsv([{ enrolment, person: man, worker }], false), { columns: true })).toMatchObject([
      { sex: 'L', phone: '' },
    ]);
  });
});

async function answers(text: string) {
  const read = [];
  for await (const item of readAnswerLines([Buffer.from(text)], NOW)) read.push(item);
  return read;
}
const TITLES = 'cover_id,outcome,start_date,accepted_at,reason,card_number';
const one = async (line: string) => (await answers(`${TITLES}\n${line}\n`))[0];

describe('answers', () => {
  it('are read as the office writes them', async () => {
    expect(await one(`${COVER},accepted,2026-12-05,2026-12-05T10:00:00+07:00,,12345678901`)).toMatchObject({
      ok: true,
      answer: {
        line: 2,
        said: { coverId: COVER, outcome: 'accepted', startDate: '2026-12-05', acceptedAt: '2026-12-05T03:00:00.000Z' },
        cardNumber: '12345678901',
      },
    });
    expect(await one(`${COVER},REJECTED,,,Registrar_Age,`)).toMatchObject({
      answer: { said: { outcome: 'rejected', reason: 'registrar_age' }, cardNumber: null },
    });
  });

  it('are read in Indonesian, with semicolons and text marks, and were accepted now where they do not say when', async () => {
    const text = `Hasil;ID Perlindungan;Tanggal Mulai;KPJ\nditerima;'${COVER};5/12/2026;'12345678901\nDITOLAK;${COVER};;\n`;
    expect(await answers(text)).toMatchObject([
      {
        answer: { said: { outcome: 'accepted', startDate: '2026-12-05', acceptedAt: NOW }, cardNumber: '12345678901' },
      },
      { ok: false, fault: { line: 3, column: 'reason', reason: 'field_missing' } },
    ]);
  });

  it.each([
    ['bukan,accepted,2026-12-05,,,', 'cover_id', 'id_mangled'],
    [',accepted,2026-12-05,,,', 'cover_id', 'field_missing'],
    [`${COVER},,2026-12-05,,,`, 'outcome', 'field_missing'],
    [`${COVER},mungkin,2026-12-05,,,`, 'outcome', 'field_invalid'],
    [`${COVER},accepted,,,,`, 'start_date', 'field_missing'],
    [`${COVER},accepted,2026-13-05,,,`, 'start_date', 'field_invalid'],
    [`${COVER},accepted,2026-12-05,besok,,`, 'accepted_at', 'field_invalid'],
    [`${COVER},accepted,2026-12-05,2026-12-11,,`, 'accepted_at', 'field_invalid'],
    [`${COVER},rejected,,,,`, 'reason', 'field_missing'],
    [`${COVER},accepted,2026-12-05,,,1.23E+10`, 'card_number', 'id_mangled'],
    [`${COVER},accepted,2026-12-05,,,1`, 'card_number', 'id_mangled'],
    [`${COVER},accepted`, null, 'line_malformed'],
  ])('name line, column and reason of %j', async (line, column, reason) => {
    expect(await one(line)).toEqual({ ok: false, fault: { line: 2, column, reason } });
  });

  it('are no answers without their titles', async () => {
    await expect(answers('a,b\n1,2\n')).rejects.toMatchObject({ reason: 'columns_unknown' });
  });
});

describe('the list of a handover', () => {
  const waiting = { coverId: COVER, name: '=Sri', region: '33.72', cardNumber: '12345678901', handedOverOn: null };

  async function handovers(text: string) {
    const read = [];
    for await (const item of readHandovers([Buffer.from(text)], NOW)) read.push(item);
    return read;
  }

  it('comes back as it went out where nobody came, and with a day where somebody did', async () => {
    const out = handoverCsv([waiting]);
    expect(out).toBe(`cover_id,name,region,card_number,handed_over_on\r\n${COVER},'=Sri,33.72,12345678901,\r\n`);
    expect(await handovers(out)).toEqual([{ ok: true, handover: null }]);
    const back = handoverCsv([{ ...waiting, handedOverOn: '2026-12-09' as CivilDate }]);
    expect(await handovers(back)).toMatchObject([
      { handover: { line: 2, coverId: COVER, handedOverOn: '2026-12-09' } },
    ]);
  });

  it.each([
    [`${COVER},2026-12-11`, 'handed_over_on', 'field_invalid'],
    [`${COVER},kemarin`, 'handed_over_on', 'field_invalid'],
    ['bukan,2026-12-09', 'cover_id', 'id_mangled'],
    [`${COVER}`, null, 'line_malformed'],
  ])('names line, column and reason of %j', async (line, column, reason) => {
    expect(await handovers(`cover_id,handed_over_on\n${line}\n`)).toEqual([
      { ok: false, fault: { line: 2, column, reason } },
    ]);
  });
});
