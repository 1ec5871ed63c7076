/**
 * What travels or waits outlives a deploy: a message in a dead-letter queue for 14 days, an execution for months. Each
 * kind and version is recorded here as it once was, and today's code must still take it. A recording is never changed;
 * a new kind or version is a new file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { runCoverPhase } from '../../functions/run-cover-phase/run-cover-phase.ts';
import { executionInput } from '../../shared/adapters/executions.ts';
import type { CivilDate, Instant } from '../../shared/domain/dates.ts';
import type { CohortId } from '../../shared/domain/ids.ts';
import { phasesOf } from '../../shared/domain/lifecycle.ts';
import { PUBLISHED_TARIFF } from '../../shared/domain/tariff.ts';
import { SILENT_LOG } from '../../shared/logger.ts';
import {
  enrolmentMessageSchema,
  fileMessageSchema,
  fundMessageSchema,
  importMessageSchema,
  nudgeMessageSchema,
  paymentMessageSchema,
  phaseTaskSchema,
  statementMessageSchema,
} from '../../shared/messages.ts';
import type { PhaseMark } from '../../shared/store/cohorts.ts';

const FOLDER = new URL('../fixtures/contracts/', import.meta.url);
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  payments: paymentMessageSchema,
  funds: fundMessageSchema,
  enrolments: enrolmentMessageSchema,
  nudges: nudgeMessageSchema,
  imports: importMessageSchema,
  files: fileMessageSchema,
  statements: statementMessageSchema,
  phases: phaseTaskSchema,
};

const names = readdirSync(FOLDER).sort();
const recorded = (name: string) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
const of = (queue: string) => names.filter((name) => name.startsWith(`${queue}.`));

describe('a message that was recorded', () => {
  it.each(names.filter((name) => !name.startsWith('executions.')))('%s is read as it was written', (name) => {
    const message = recorded(name);
    const schema = SCHEMAS[name.split('.')[0] as string] as z.ZodType;
    expect(schema.parse(message)).toEqual(message);
  });

  it('is there for every queue, and for every kind a queue knows', () => {
    expect([...new Set(names.map((name) => name.split('.')[0]))].sort()).toEqual(
      [...Object.keys(SCHEMAS), 'executions'].sort(),
    );
    const kinds = (queue: string) => [...new Set(of(queue).map((name) => recorded(name).kind))].sort();
    const known = fundMessageSchema.options.map(({ shape }) => shape.kind.value);
    expect(kinds('funds')).toEqual([...known].sort());
    expect(kinds('enrolments')).toEqual([...enrolmentMessageSchema.shape.kind.options].sort());
  });

  it('is refused in a version that nobody knows', () => {
    for (const name of names.filter(
      (each) => recorded(each).contractVersion === 1 && !each.startsWith('executions.'),
    )) {
      const schema = SCHEMAS[name.split('.')[0] as string] as z.ZodType;
      expect(schema.safeParse({ ...recorded(name), contractVersion: 2 }).success).toBe(false);
    }
  });
});

describe.each(of('executions'))('an execution that was started with %s', (name) => {
  const { cohortId, startDate, termMonths, shards, at, laterMonths } = recorded(name) as ReturnType<
    typeof executionInput
  >;
  const stored = { cohortId, startDate, termMonths, shards: shards.length, group: 0 };
  const rings: [string, string][] = [
    ...Object.entries(at),
    ...laterMonths.map(({ phase, at: time }): [string, string] => [phase, time]),
  ];

  /** Runs a phase over a cohort in which nobody is. @returns the phases that were marked as done */
  async function ring(phase: string, time: string): Promise<string[]> {
    const marked: PhaseMark[] = [];
    const nobody = async () => undefined;
    const task = phaseTaskSchema.parse({ contractVersion: 1, cohortId, phase, shard: shards[0] });
    await runCoverPhase(task, {
      now: () => time as Instant,
      readCohort: async () => ({ ...stored, endDate: startDate as CivilDate, lastJoinedAt: time as Instant }),
      coversOfShard: async function* () {},
      readCovers: async () => [],
      payMonth: async () => true,
      tariffInForce: () => PUBLISHED_TARIFF,
      sendToFund: nobody,
      putNudgePages: nobody,
      sendNudges: nobody,
      markPhaseDone: async (_cohortId, mark) => void marked.push(mark),
      log: SILENT_LOG,
    });
    return marked.map((mark) => mark.phase);
  }

  it('finds each of its phases done when its alarm rings, or passed over where it is none any more', async () => {
    const known = new Set(phasesOf(stored).map((phase) => phase.name));
    for (const [phase, time] of rings) expect(await ring(phase, time)).toEqual(known.has(phase) ? [phase] : []);
    expect(rings.filter(([phase]) => !known.has(phase)).every(([phase]) => phase.startsWith('T-'))).toBe(true);
  });

  it('rings for everything that is due', () => {
    const rung = new Map(rings);
    for (const phase of phasesOf(stored)) expect(rung.get(phase.name)).toBe(phase.at);
  });

  it('was given what is given today, so that its graph finds what it looks for', () => {
    const today = executionInput({ ...stored, cohortId: cohortId as CohortId });
    expect(Object.keys(today).sort()).toEqual(Object.keys(recorded(name)).sort());
    expect(today.shards).toEqual(shards);
    expect(today.laterMonths).toEqual(laterMonths);
  });
});
