/**
 * A real office that takes batches and brings answers as files. What was submitted and not answered is the export list;
 * nothing else is written for it. Answers lie in rows until the allocation collects them.
 */
import type { Registrar } from '../ports/registrar.ts';
import { answersOf } from '../store/registrar-answers.ts';

export const fileRegistrar: Registrar = {
  submit: async (allocationId) => `file:${allocationId}`,
  collect: async ({ allocationId, enrolments }) => {
    const answers = await answersOf(allocationId);
    const answered = new Set(answers.map(({ coverId }) => coverId));
    const isComplete = enrolments.every(({ coverId }) => answered.has(coverId));
    return { answers, askAgainAt: isComplete ? null : 'when_told' };
  },
};
