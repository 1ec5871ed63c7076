/** Notices on their way to the door: sent when their time comes, and again until somebody acknowledges them. */
import { type Notice, toldName } from './payment.ts';
import { stepOf } from './senders/sender.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

interface Post {
  readonly notice: Notice;
  readonly atMilliseconds: number;
}

export class Posts {
  readonly acknowledged = new Set<Notice>();
  /** Those that were true, by gateway and what they told. */
  readonly told = new Map<string, number>();
  readonly #world: World;
  /** In the order of their times. */
  readonly #toSend: Post[];

  constructor(world: World) {
    this.#world = world;
    this.#toSend = world.scenario.notices.map((notice) => ({ notice, atMilliseconds: notice.sendMilliseconds }));
  }

  get nextAt(): number | undefined {
    return this.#toSend[0]?.atMilliseconds;
  }

  /** The first of those that are due, at most so many. */
  due(most: number): (() => Promise<void>)[] {
    const now = this.#world.milliseconds;
    const due = this.#toSend.slice(0, most).filter(({ atMilliseconds }) => atMilliseconds <= now);
    this.#toSend.splice(0, due.length);
    return due.map(
      ({ notice }) =>
        () =>
          this.#post(notice),
    );
  }

  async #post(notice: Notice): Promise<void> {
    const { watch, dice, chance, milliseconds } = this.#world;
    const status = await this.#world.door.tell(notice);
    if (notice.lie === 'forged') {
      if (status >= 200 && status < 300) watch.violated('I4', `a forged notice was taken: ${notice.number}`);
      return;
    }
    if (status >= 400 && status < 500) watch.violated('I4', `a true notice was refused with ${status}`);
    if (status === 200) this.#acknowledge(notice);
    if (status === 200 && !dice.happens('caller gave up')) return;
    this.#again(notice, milliseconds + 30_000 + chance.below(chance.happens(0.7) ? 600_000 : DAY));
  }

  #acknowledge(notice: Notice): void {
    this.acknowledged.add(notice);
    if (notice.lie !== 'none') return;
    const name = toldName(notice.payment.sender, stepOf(notice).kind);
    this.told.set(name, (this.told.get(name) ?? 0) + 1);
  }

  #again(notice: Notice, atMilliseconds: number): void {
    const index = this.#toSend.findIndex((post) => post.atMilliseconds > atMilliseconds);
    this.#toSend.splice(index < 0 ? this.#toSend.length : index, 0, { notice, atMilliseconds });
  }
}
