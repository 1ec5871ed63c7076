/** Takes out of this process what no seed decides: the machine's randomness, its clock for caches, and real waiting. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Chance } from '../support/random.ts';

type Changeable = Record<string, unknown>;

/** Secrets are kept for five minutes of the machine's own time: for the whole of a world, and not into the next. */
const CACHE_LIFETIME_MILLISECONDS = 600_000;
let pinned = 0;

/** @returns how to give it all back */
export function pinMachine(chance: Chance): () => void {
  pinned += 1;
  const machineMilliseconds = pinned * CACHE_LIFETIME_MILLISECONDS;
  const randomBytes = (size: number) => Buffer.from(Array.from({ length: size }, () => chance.below(256)));
  const changes: [object, string, unknown][] = [
    [crypto, 'randomBytes', randomBytes],
    [timers, 'setTimeout', async () => undefined],
    [Math, 'random', () => chance.below(1_000_000) / 1_000_000],
    [performance, 'now', () => machineMilliseconds],
  ];
  const before = changes.map(([holder, name]) => [holder, name, (holder as Changeable)[name]] as const);
  for (const [holder, name, value] of changes) (holder as Changeable)[name] = value;
  syncBuiltinESMExports();
  return () => {
    for (const [holder, name, value] of before) (holder as Changeable)[name] = value;
    syncBuiltinESMExports();
  };
}
