import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Lanes } from '../../../infra/local/http/lanes.ts';

it('never run more at once than there are, lose none and pass on what went wrong', async () => {
  const lanes = new Lanes(3);
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      lanes.during(async () => {
        running += 1;
        most = Math.max(most, running);
        await turn();
        running -= 1;
        if (index % 5 === 4) throw new Error(`number ${index}`);
        return index;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
  expect(results[4]).toMatchObject({ status: 'rejected', reason: { message: 'number 4' } });
  expect(await lanes.during(async () => 'free again')).toBe('free again');
});
