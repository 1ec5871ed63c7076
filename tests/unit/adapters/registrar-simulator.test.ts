import { describe, expect, it } from 'vitest';
import { type SimulatorSettings, simulatedRegistrar } from '../../../shared/adapters/registrar-simulator.ts';
import { addSeconds, type CivilDate, type Instant } from '../../../shared/domain/dates.ts';
import type { AllocationId, CoverId, WorkerId } from '../../../shared/domain/ids.ts';
import type { Enrolment } from '../../../shared/ports/registrar.ts';
import { settingsSchema } from '../../../shared/settings.ts';

const submittedAt = '2026-12-01T01:00:00.000Z' as Instant;
const allocationId = 'alc_1' as AllocationId;

function enrolment(number: number, more: Partial<Enrolment> = {}): Enrolment {
  return {
    coverId: `cov_${number}_1` as CoverId,
    workerId: `wrk_${number}` as WorkerId,
    package: 'JKK_JKM',
    termMonths: 3,
    earliestStartDate: '2026-12-01' as CivilDate,
    continuesFrom: null,
    graceEndsOn: null,
    ...more,
  };
}

const sixPeople = [1, 2, 3, 4, 5, 6].map((number) => enrolment(number));

async function said(rules: object, afterMinutes: number, enrolments: readonly Enrolment[] = sixPeople) {
  const settings = settingsSchema.parse({ registrar: { kind: 'simulator', ...rules } }).registrar as SimulatorSettings;
  const registrar = simulatedRegistrar(settings, async () => 1);
  const reference = await registrar.submit(allocationId, enrolments, submittedAt);
  const now = addSeconds(submittedAt, afterMinutes * 60);
  return registrar.collect({ allocationId, reference, submittedAt, enrolments }, now);
}

const people = ({ answers }: Awaited<ReturnType<typeof said>>) => answers.map(({ coverId }) => coverId.split('_')[1]);
const reasons = ({ answers }: Awaited<ReturnType<typeof said>>) =>
  answers.flatMap((answer) => (answer.outcome === 'rejected' ? [answer.reason] : []));

describe('the simulated registrar', () => {
  it('accepts everybody after ten minutes, and says until when it is silent', async () => {
    expect(await said({}, 9)).toEqual({ answers: [], askAgainAt: '2026-12-01T01:10:00.000Z' });
    const { answers, askAgainAt } = await said({}, 10);
    expect(askAgainAt).toBeNull();
    expect(answers).toHaveLength(6);
    for (const answer of answers)
      expect(answer).toMatchObject({
        outcome: 'accepted',
        startDate: '2026-12-01',
        acceptedAt: '2026-12-01T01:10:00.000Z',
      });
  });

  it('rejects every second with one reason after the other', async () => {
    const rejectReasons = ['registrar_age', 'registrar_nik_unknown'];
    const answered = await said({ rejectEvery: 2, rejectReasons }, 10);
    expect(reasons(answered)).toEqual(['registrar_age', 'registrar_nik_unknown', 'registrar_age']);
    expect(reasons(await said({ rejectEvery: 3 }, 10))).toEqual(['registrar_rejected', 'registrar_rejected']);
  });

  it('answers in parts, each as late as its number', async () => {
    expect(people(await said({ answerInParts: 2 }, 10))).toEqual(['2', '4', '6']);
    expect((await said({ answerInParts: 2 }, 10)).askAgainAt).toBe('2026-12-01T01:20:00.000Z');
    expect(people(await said({ answerInParts: 2 }, 20))).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('keeps every third waiting for a day more, who is accepted on that day', async () => {
    const rules = { delayEvery: 3, delayedBy: 'P1D' };
    expect(people(await said(rules, 10))).toEqual(['1', '2', '4', '5']);
    const { answers, askAgainAt } = await said(rules, 10 + 24 * 60);
    expect(askAgainAt).toBeNull();
    expect(answers[2]).toMatchObject({ coverId: 'cov_3_1', startDate: '2026-12-02' });
  });

  it('says things twice, and in the opposite order', async () => {
    expect(people(await said({ repeats: true, reversed: true }, 10))).toEqual([...'665544332211']);
  });

  it('says the opposite right after, both ways', async () => {
    const { answers } = await said({ contradictEvery: 2, rejectEvery: 4 }, 10);
    const words = answers.map(({ coverId, outcome }) => `${coverId.split('_')[1]} ${outcome}`);
    expect(words).toEqual([
      '1 accepted',
      ...['2 accepted', '2 rejected'],
      '3 accepted',
      ...['4 rejected', '4 accepted'],
      '5 accepted',
      ...['6 accepted', '6 rejected'],
    ]);
  });

  it('lets a renewal go on from expiry while the grace lasts, and start with its acceptance after it', async () => {
    const dates = { earliestStartDate: '2026-11-20' as CivilDate, continuesFrom: '2026-11-20' as CivilDate };
    const inGrace = enrolment(1, { ...dates, graceEndsOn: '2026-12-02' as CivilDate });
    const late = enrolment(2, { ...dates, graceEndsOn: '2026-12-01' as CivilDate });
    const early = enrolment(3, { ...dates, continuesFrom: '2027-01-05' as CivilDate });
    const { answers } = await said({}, 10, [inGrace, late, early]);
    const starts = answers.map((answer) => (answer.outcome === 'accepted' ? answer.startDate : null));
    expect(starts).toEqual(['2026-11-20', '2026-12-01', '2027-01-05']);
  });

  it('says the same whenever it is asked', async () => {
    const rules = { rejectEvery: 2, repeats: true, contradictEvery: 3, answerInParts: 2, reversed: true };
    const [early, late] = [await said(rules, 10), await said(rules, 1_000)];
    for (const answer of early.answers) expect(late.answers).toContainEqual(answer);
    expect(await said(rules, 1_000)).toEqual(late);
  });
});
