/** What was reported of workers and is not done: covers still to end, and claims that nobody closed. */
import type { Cover } from '../../shared/domain/cover.ts';
import { addDays, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { WorkerId } from '../../shared/domain/ids.ts';
import type { LifeEventKind } from '../../shared/domain/life-events.ts';
import { endingsAsked } from '../../shared/endings.ts';
import type { FundMessage } from '../../shared/messages.ts';
import type { EventName, OpenClaim } from '../../shared/store/life-events.ts';

export interface SweepWorkersDependencies {
  readonly now: () => Instant;
  readonly lifeEventsDue: (before: Instant) => Promise<EventName[]>;
  readonly markEventDone: (name: EventName) => Promise<void>;
  readonly coversOfWorker: (workerId: WorkerId) => Promise<Cover[]>;
  readonly openClaims: () => Promise<OpenClaim[]>;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
}

/** A claim open for longer wants a branch officer's look. */
const CLAIM_FOLLOW_UP_DAYS = 30;

/** @returns how many covers were asked to end once more */
export async function sweepLifeEvents(before: Instant, dependencies: SweepWorkersDependencies): Promise<number> {
  const now = dependencies.now();
  let asked = 0;
  for (const name of await dependencies.lifeEventsDue(before)) {
    const covers = await dependencies.coversOfWorker(name.workerId);
    const event = { kind: name.kind as LifeEventKind, on: name.on };
    const messages = endingsAsked(event, covers, civilDateOf(now));
    for (const message of messages) await dependencies.sendToFund(message, `sweep:${now}`);
    if (messages.length === 0) await dependencies.markEventDone(name);
    asked += messages.length;
  }
  return asked;
}

export interface ClaimCount {
  readonly open: number;
  /** For longer than a branch officer may leave one. */
  readonly unattended: number;
}

export async function countClaims({ now, openClaims }: SweepWorkersDependencies): Promise<ClaimCount> {
  const claims = await openClaims();
  const late = addDays(civilDateOf(now()), -CLAIM_FOLLOW_UP_DAYS);
  return { open: claims.length, unattended: claims.filter(({ since }) => since < late).length };
}
