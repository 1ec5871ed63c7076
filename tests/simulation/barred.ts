/** Who must not be reminded, since when and why; looked at whenever a message goes out (I7). */
import { type CoverId, workerIdOfCover } from '../../shared/domain/ids.ts';
import type { Item } from '../support/expressions.ts';

/** A reminder that was under way when something happened goes out all the same; it is never under way so long. */
const UNDER_WAY_MILLISECONDS = 600_000;
const LEFT = new Set(['deceased', 'withdrawn']);
const ENDED = new Set(['deceased', 'withdrawn', 'cancelled', 'rejected']);

interface Bar {
  readonly why: string;
  readonly sinceMilliseconds: number;
}

export class Barred {
  readonly #bars = new Map<string, Bar>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes in what a row of a worker or a cover became. */
  changed(before: Item | undefined, after: Item): void {
    if (after.type === 'cover') this.#set(after.coverId, 'its end', ENDED.has(after.state as string));
    if (after.type === 'worker') this.#worker(before, after);
  }

  #worker(before: Item | undefined, after: Item): void {
    const { workerId } = after;
    this.#set(workerId, 'leaving', LEFT.has(after.state as string));
    this.#set(workerId, 'a claim', after.claimOpenSince !== undefined);
    this.#set(workerId, 'withdrawn consent', after.consentMessaging === false);
    if (before?.currentCoverId && before.currentCoverId !== after.currentCoverId)
      this.#set(before.currentCoverId, 'its renewal', true);
    if (after.currentCoverId) this.#set(after.currentCoverId, 'its renewal', false);
  }

  /** @returns why a message about this cover must not go out now, or undefined */
  whyNot(coverId: CoverId, phone: string): string | undefined {
    const workerId = workerIdOfCover(coverId);
    for (const [name, { why, sinceMilliseconds }] of this.#bars)
      if (name.startsWith(`${coverId} `) || name.startsWith(`${workerId} `) || name === phone) {
        const late = this.#now() - sinceMilliseconds;
        if (late > UNDER_WAY_MILLISECONDS) return `${Math.round(late / 60_000)} minutes after ${why}`;
      }
    return undefined;
  }

  /** Who was told that nothing more comes. */
  stopped(phone: string, sinceMilliseconds: number): void {
    if (!this.#bars.has(phone)) this.#bars.set(phone, { why: 'asking us to stop', sinceMilliseconds });
  }

  #set(name: unknown, why: string, isBarred: boolean): void {
    const key = `${name} ${why}`;
    if (!isBarred) this.#bars.delete(key);
    else if (!this.#bars.has(key)) this.#bars.set(key, { why, sinceMilliseconds: this.#now() });
  }
}
