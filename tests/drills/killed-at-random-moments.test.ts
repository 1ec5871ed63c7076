/**
 * The whole system is killed (`kill -9`) at random moments of the demo and started again on its data, senders included:
 * they tell again whatever they do not know to be told. `npm run drill:kill -- --moments 100` does more of the same; in
 * `tests/acceptance/durability.test.ts` the senders live on and tell nothing again that was acknowledged.
 */
import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { NUDGE_STEPS } from '../../shared/domain/nudge.ts';
import { describeEmbedded } from '../acceptance/support/system.ts';
import { killDrill } from './support/kill-drill.ts';
import { WORKERS } from './support/killed-demo.ts';

/** What two quiet cores do in about a minute and a half. */
const MOMENTS = 40;
const PATIENCE_MILLISECONDS = 900_000;

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, count) => total + count);

describeEmbedded('the whole system killed at random moments of the demo', () => {
  it(
    'comes to the same end each time: to the rupiah, no cover, month or reminder more or less',
    async () => {
      const seed = randomInt(2 ** 31);
      const { undisturbed, kills, runs } = await killDrill({ seed, moments: MOMENTS, say: console.log });
      expect(undisturbed).toMatchObject({ holds: true, violations: [], quarantine: {}, covers: { lapsed: WORKERS } });
      expect(sum(undisturbed.balances)).toBe(0);
      expect(Object.keys(undisturbed.nudges).sort()).toEqual(NUDGE_STEPS.map(({ name }) => name).sort());
      for (const outcomes of Object.values(undisturbed.nudges)) expect(sum(outcomes)).toBe(WORKERS);
      for (const { covers } of Object.values(undisturbed.contributions)) expect(covers).toBe(WORKERS);
      for (const { ending, killedAfterMilliseconds } of runs)
        expect(ending, `seed ${seed}, killed after ${killedAfterMilliseconds.join(', ')} ms`).toEqual(undisturbed);
      expect(kills).toBe(MOMENTS);
    },
    PATIENCE_MILLISECONDS,
  );
});
