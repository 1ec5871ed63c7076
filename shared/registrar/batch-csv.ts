/** A batch as an office takes it: one line a person. It names people, so it goes to nobody but who asked for it. */
import type { Enrolment } from '../domain/registrar.ts';
import type { Person, WorkerRow } from '../domain/worker.ts';
import { safeCsv } from './safe-csv.ts';

const TITLES = [
  'cover_id',
  'nik',
  'name',
  'birth_date',
  'sex',
  'phone',
  'region',
  'occupation',
  'package',
  'term_months',
  'earliest_start',
  'continues_from',
] as const;

export interface BatchLine {
  readonly enrolment: Enrolment;
  /** Null where the person was erased: the office says then that it does not know them. */
  readonly person: Person | null;
  readonly worker: Pick<WorkerRow, 'region' | 'occupation'> | null;
}

/** A spreadsheet keeps fifteen digits of a number, and a NIK has sixteen: with a mark in front it is text. */
function nikOf(person: Person | null, forSpreadsheet: boolean): string | null {
  return person && (forSpreadsheet ? `'${person.nik}` : person.nik);
}

function cellsOf({ enrolment, person, worker }: BatchLine, forSpreadsheet: boolean) {
  return {
    cover_id: enrolment.coverId,
    nik: nikOf(person, forSpreadsheet),
    name: person?.name ?? null,
    birth_date: person?.birthDate ?? null,
    sex: person && (person.sex === 'male' ? 'L' : 'P'),
    // Without the plus: a number, and no formula.
    phone: person?.phone?.replace(/^\+/, '') ?? null,
    region: worker?.region ?? null,
    occupation: worker?.occupation ?? null,
    package: enrolment.package,
    term_months: String(enrolment.termMonths),
    earliest_start: enrolment.earliestStartDate,
    continues_from: enrolment.continuesFrom,
  };
}

export function batchCsv(lines: readonly BatchLine[], forSpreadsheet: boolean): string {
  return safeCsv(
    TITLES,
    lines.map((line) => cellsOf(line, forSpreadsheet)),
  );
}
