/** Notices on their way to the door: sent when their time comes, and again until somebody acknowledges them. */
import { Died } from './processes.ts';
import type { Notice } from './scenario.ts';
import { callOf } from './senders.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

interface Post {
  readonly notice: Notice;
  readonly atMilliseconds: number;
}

export class Posts {
  readonly acknowledged = new Set<Notice>();
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
    const status = await answerTo(this.#world, notice);
    if (notice.lie === 'forged') {
      if (status >= 200 && status < 300) watch.violated('I4', `a forged notice was taken: ${notice.number}`);
      return;
    }
    if (status >= 400 && status < 500) watch.violated('I4', `a true notice was refused with ${status}`);
    if (status === 200) this.acknowledged.add(notice);
    if (status === 200 && !dice.happens('caller gave up')) return;
    this.#again(notice, milliseconds + 30_000 + chance.below(chance.happens(0.7) ? 600_000 : DAY));
  }

  #again(notice: Notice, atMilliseconds: number): void {
    const index = this.#toSend.findIndex((post) => post.atMilliseconds > atMilliseconds);
    this.#toSend.splice(index < 0 ? this.#toSend.length : index, 0, { notice, atMilliseconds });
  }
}

/** @returns the status of the answer, 502 where the process died on it */
export async function answerTo(world: World, notice: Notice): Promise<number> {
  world.did('notice answered');
  const { path, headers, body } = callOf(notice, world.milliseconds);
  const requestContext = { http: { method: 'POST' }, requestId: 'request' };
  try {
    const event = { rawPath: path, headers, body, isBase64Encoded: false, requestContext };
    return (await world.run<{ statusCode: number }>('receiveWebhook', event)).statusCode;
  } catch (error) {
    if (!(error instanceof Died)) throw error;
    return 502;
  }
}
