/**
 * Plays the example campaign on a running system, from outside: the roster and the pledge through the public API, every
 * payment as a signed notification. It knows no table and no queue, so it plays on an embedded engine, on an emulator
 * or on a real stage alike, and every figure a report shows afterwards comes from the books.
 *
 * The campaign takes `EXAMPLE_DAYS` days of the stage's clock. Who holds the clock decides how long that is:
 * - `npm start` on an empty data folder plays it on a clock that runs fast: `playExampleCampaign({ url, operatorToken })`
 *   waits for the stage's time by itself and may be left alone in the background.
 * - `npm run demo` moves a clock that stands still: it passes `waitUntil`.
 *
 * `progress` makes it resumable: each act that is over is told to `save`, and a later call given the same progress goes
 * on with the next. Every message of an act has a fixed identity, so an act played twice books nothing twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import { systemTime, type Target } from '../../cli/api.ts';
import { gatewaySecrets } from '../../cli/development-secrets.ts';
import { ACTS, EXAMPLE_DAYS, type Pledge } from './acts.ts';
import { VALID_WORKERS } from './roster.ts';
import { newSender } from './sender.ts';

export { EXAMPLE_DAYS };

export interface ExampleProgress {
  /** The stage's time when the first act began. */
  readonly startedMilliseconds: number;
  readonly actsDone: readonly string[];
  readonly pledge?: Pledge;
}

export interface ExampleTarget {
  readonly url: string;
  readonly operatorToken: string;
  /** What the system was configured with; the example's own configuration otherwise. */
  readonly secrets?: GatewaySecrets;
  /** Returns when the stage's clock has reached this time. */
  readonly waitUntil?: (milliseconds: number) => Promise<void>;
  readonly say?: (line: string) => void;
  /** How many workers can be registered from the roster. */
  readonly workers?: number;
  readonly progress?: ExampleProgress;
  readonly save?: (progress: ExampleProgress) => void;
}

const DAY_MILLISECONDS = 86_400_000;
const LOOK_EVERY_MILLISECONDS = 200;

function waitForClock(target: Target): (milliseconds: number) => Promise<void> {
  return async (milliseconds) => {
    while (((await systemTime(target)) ?? Date.now()) < milliseconds) await pause(LOOK_EVERY_MILLISECONDS);
  };
}

export async function playExampleCampaign(options: ExampleTarget): Promise<void> {
  const { url, operatorToken, say = () => {}, save = () => {}, workers = VALID_WORKERS } = options;
  const target: Target = { url, operatorToken };
  const sender = newSender(target, options.secrets ?? gatewaySecrets(undefined, process.cwd()));
  const waitUntil = options.waitUntil ?? waitForClock(target);
  let progress = options.progress ?? { startedMilliseconds: await sender.now(), actsDone: [] };
  const keep = (next: ExampleProgress) => {
    progress = next;
    save(next);
  };
  for (const { name, day, play } of ACTS) {
    if (progress.actsDone.includes(name)) continue;
    await waitUntil(progress.startedMilliseconds + day * DAY_MILLISECONDS);
    say(`day ${day}: ${name}`);
    const keepPledge = (pledge: Pledge) => keep({ ...progress, pledge });
    await play({ target, sender, say, workers, pledge: progress.pledge, keepPledge });
    keep({ ...progress, actsDone: [...progress.actsDone, name] });
  }
}
