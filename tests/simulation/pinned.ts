/** Takes out of this process what no seed decides: the machine's randomness, its clocks, and real waiting. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Chance } from '../support/random.ts';

type Changeable = Record<string, unknown>;

/** Longer than a process keeps anything: secrets and keys five minutes, answers of a gateway ten seconds. */
const LONGEST_MEMORY_MILLISECONDS = 600_000;
/** The machine's own time, which never goes back, whatever the clock does. */
let monotonicMilliseconds = 0;

/** What a process remembered is forgotten, as when it is replaced by a new one. */
export function forgetCaches(): void {
  monotonicMilliseconds += LONGEST_MEMORY_MILLISECONDS;
}

/** A machine's own time that goes along with a clock. */
function monotonicTime(milliseconds: () => number): () => number {
  let before = milliseconds();
  return () => {
    const present = milliseconds();
    monotonicMilliseconds += Math.max(present - before, 0);
    before = present;
    return monotonicMilliseconds;
  };
}

/** @returns how to give it all back */
export function pinMachine(chance: Chance, milliseconds: () => number): () => void {
  forgetCaches();
  const randomBytes = (size: number) => Buffer.from(Array.from({ length: size }, () => chance.below(256)));
  const changes: [object, string, unknown][] = [
    [crypto, 'randomBytes', randomBytes],
    [timers, 'setTimeout', async () => undefined],
    [Math, 'random', () => chance.below(1_000_000) / 1_000_000],
    [performance, 'now', monotonicTime(milliseconds)],
    [Date, 'now', milliseconds],
  ];
  const before = changes.map(([holder, name]) => [holder, name, (holder as Changeable)[name]] as const);
  for (const [holder, name, value] of changes) (holder as Changeable)[name] = value;
  syncBuiltinESMExports();
  return () => {
    for (const [holder, name, value] of before) (holder as Changeable)[name] = value;
    syncBuiltinESMExports();
  };
}
