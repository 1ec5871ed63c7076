/** Keeps a burst of ours from becoming a burst at somebody else's door. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Transient } from '../errors.ts';

export interface Pace {
  /** @throws Transient `status_unavailable` during a pause: the queue waits better than a function does */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Lets nothing begin for so long. */
  pause(milliseconds: number): void;
}

export interface PaceOptions {
  /** So many at a time. */
  readonly concurrency?: number;
  /** From one beginning to the next. */
  readonly spacingMilliseconds?: number;
  readonly monotonicMilliseconds?: () => number;
}

/** Ten a second: what Xendit allows an account at each address of its API (600 a minute, docs.xendit.co/rate-limits). */
const DEFAULT_SPACING_MILLISECONDS = 100;
const DEFAULT_CONCURRENCY = 4;

export function pace({
  concurrency = DEFAULT_CONCURRENCY,
  spacingMilliseconds = DEFAULT_SPACING_MILLISECONDS,
  monotonicMilliseconds = () => performance.now(),
}: PaceOptions = {}): Pace {
  let nextStart = 0;
  let restUntil = 0;
  let running = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (running < concurrency) running += 1;
    // Whoever leaves hands its place over, so the count stays.
    else await new Promise<void>((resume) => waiting.push(resume));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  async function waitForTurn(): Promise<void> {
    const now = monotonicMilliseconds();
    const start = Math.max(now, nextStart);
    nextStart = start + spacingMilliseconds;
    if (start > now) await sleep(start - now);
    if (monotonicMilliseconds() < restUntil)
      throw new Transient('status_unavailable', { detail: 'the gateway asked for rest' });
  }

  return {
    async run(work) {
      await enter();
      try {
        await waitForTurn();
        return await work();
      } finally {
        leave();
      }
    },
    pause(milliseconds) {
      restUntil = Math.max(restUntil, monotonicMilliseconds() + milliseconds);
    },
  };
}
