import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { pace } from '../../../shared/adapters/pace.ts';
import { rememberingStatus } from '../../../shared/adapters/remembered-status.ts';
import { Transient } from '../../../shared/errors.ts';
import type { Confirmation } from '../../../shared/ports/payment-status.ts';
import { eventOf } from '../../support/events.ts';

describe('a burst of questions', () => {
  it('goes out a few at a time, one after the other', async () => {
    const { run } = pace({ concurrency: 2, spacingMilliseconds: 10 });
    const starts: number[] = [];
    let running = 0;
    let most = 0;
    const ask = async (index: number) => {
      starts.push(performance.now());
      running += 1;
      most = Math.max(most, running);
      await sleep(25);
      running -= 1;
      if (index === 1) throw new Error('that one failed');
      return index;
    };
    const answers = await Promise.allSettled(Array.from({ length: 7 }, (_, index) => run(() => ask(index))));
    expect(answers.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(6);
    expect(most).toBe(2);
    // A timer may fire a millisecond early.
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8);
  });

  it('is put off while the gateway wants rest, and goes on after that', async () => {
    let now = 0;
    const { run, pause } = pace({ spacingMilliseconds: 0, monotonicMilliseconds: () => now });
    pause(1_000);
    pause(10);
    await expect(run(async () => 1)).rejects.toBeInstanceOf(Transient);
    now = 1_000;
    expect(await run(async () => 1)).toBe(1);
  });
});

describe('an answer that is remembered', () => {
  const paid = eventOf('paid', 100_000);

  function remembered(answers: (Confirmation | Error)[], options = {}) {
    const questions: string[] = [];
    const port = rememberingStatus(
      {
        async confirm({ effectKey }) {
          questions.push(effectKey);
          const answer = answers.shift();
          if (!answer) throw new Error('asked too often');
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
      options,
    );
    return { port, questions };
  }
  const knows = (...events: (typeof paid)[]): Confirmation => ({ known: true, events });

  it('serves the copies of a message, at once or in a moment', async () => {
    const { port, questions } = remembered([knows(paid)]);
    expect(await Promise.all([port.confirm(paid), port.confirm(paid)])).toEqual([knows(paid), knows(paid)]);
    expect(await port.confirm(paid)).toEqual(knows(paid));
    expect(questions).toHaveLength(1);
  });

  it.each<[string, Confirmation]>([
    ['pending', knows(eventOf('pending', 100_000))],
    ['another amount', knows({ ...paid, amountRupiah: eventOf('paid', 5).amountRupiah })],
    ['nothing', { known: false }],
  ])('is never what contradicts: %s a moment ago is asked again', async (_, before) => {
    const { port, questions } = remembered([before, knows(paid)]);
    await port.confirm(paid);
    expect(await port.confirm(paid)).toEqual(knows(paid));
    expect(questions).toHaveLength(2);
  });

  it('is forgotten after its time, and a failure at once', async () => {
    let now = 0;
    const options = { milliseconds: 10, monotonicMilliseconds: () => now };
    const { port, questions } = remembered([new Error('down'), knows(paid), knows(paid)], options);
    await expect(port.confirm(paid)).rejects.toThrow('down');
    await port.confirm(paid);
    now = 10;
    await port.confirm(paid);
    expect(questions).toHaveLength(3);
  });
});
