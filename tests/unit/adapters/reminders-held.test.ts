import '../../support/environment.ts';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, expect, it } from 'vitest';
import { sendNudgesLater } from '../../../shared/adapters/queues.ts';
import type { NudgeMessage } from '../../../shared/messages.ts';
import { takeOver } from '../../support/faults.ts';

const delays: (number | undefined)[] = [];
const restore = takeOver(SQSClient, async ({ input }) => {
  delays.push((input as { DelaySeconds?: number }).DelaySeconds);
  return {};
});
afterAll(restore);
afterEach(() => {
  delays.length = 0;
  delete process.env.LINGKARAN_CLOCK;
});

const PAGE = { contractVersion: 1, step: 'T-7', coverIds: [] } as unknown as NudgeMessage;

it.each([
  [0.3, 1],
  [1.2, 2],
  [600, 600],
  [40_000, 900],
])('a page of reminders that is early by %s s is seen again after %i s, never at once', async (early, delay) => {
  await sendNudgesLater(PAGE, early);
  expect(delays).toEqual([delay]);
});

it('on a clock on which a night is less than a second it comes at once', async () => {
  const clock = { realEpochMs: 0, stageEpochMs: 0, speed: 100_000, alarms: 'real' };
  process.env.LINGKARAN_CLOCK = JSON.stringify(clock);
  await sendNudgesLater(PAGE, 40_000);
  expect(delays).toEqual([undefined]);
});
