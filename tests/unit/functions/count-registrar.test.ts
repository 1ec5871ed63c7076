import { expect, it } from 'vitest';
import { countRegistrar } from '../../../functions/sweep-overdue/count-registrar.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import type { AllocationId } from '../../../shared/domain/ids.ts';

const NOW = '2026-12-10T01:05:00.000Z' as Instant;
const at = (text: string) => text as Instant;

it('counts batches an office left unanswered for three days, and lines that wait for a person for one', async () => {
  const submitted = { old: at('2026-12-07T01:04:59.000Z'), young: at('2026-12-07T01:05:00.000Z') };
  const counted = await countRegistrar({
    now: () => NOW,
    enrolmentsDue: async (before) =>
      Object.entries(submitted).flatMap(([id, since]) => (since < before ? [id as AllocationId] : [])),
    listParked: async () => [
      { parkedAt: at('2026-12-09T01:04:59.000Z') },
      { parkedAt: at('2026-12-09T01:05:00.000Z') },
      { parkedAt: at('2026-11-01T00:00:00.000Z'), settledAt: NOW },
    ],
  });
  expect(counted).toEqual({ batchesUnanswered: 1, linesParked: 1 });
});
