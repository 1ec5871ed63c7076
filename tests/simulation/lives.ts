/** What happens to the people of a world while their cover runs, at any moment: operators report it, or they pay. */
import { addDays, type CivilDate, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { CoverId, WorkerId } from '../../shared/domain/ids.ts';
import { LIFE_EVENT_KINDS, type LifeEventKind } from '../../shared/domain/life-events.ts';
import { OUTBOX_SIGNATURE, signOutboxReply } from '../../shared/messengers/outbox.ts';
import type { Item } from '../support/expressions.ts';
import { Campaigns } from './campaigns.ts';
import { OwnPayments } from './own-payments.ts';
import { askUntilAnswered } from './requests.ts';
import { OUTBOX_KEY } from './secrets.ts';
import type { World } from './world.ts';

/** Most of what happens to people is that they pay; of the rest each kind is as likely as another. */
const ACTS = [
  'pays',
  'pays',
  'pays',
  'is named',
  'is reported',
  'is reported',
  'comes back',
  'asks us to stop',
  'is in a campaign',
  'is in a campaign',
] as const;
const GIFTS = [42_000, 50_400, 25_200, 60_000] as const;

/** What must have happened somewhere among many worlds. */
export const LIVED = [
  'self-payment ordered',
  'self-payment refused',
  'gift that names a worker',
  'not queued again',
  'asked us to stop',
  'campaign: launch',
  'campaign: pause',
  'campaign: resume',
  'campaign: stop',
  'campaign run',
  ...LIFE_EVENT_KINDS.map((kind) => `reported: ${kind}`),
] as const;

export class Lives {
  readonly own: OwnPayments;
  readonly campaigns: Campaigns;
  readonly #world: World;
  /** So many things happen in this world; in many none does. */
  #left: number;

  constructor(world: World) {
    this.#world = world;
    this.own = new OwnPayments(world);
    this.campaigns = new Campaigns(world);
    this.#left = world.chance.happens(0.25) ? 0 : 6 + world.chance.below(30);
  }

  /** Now and then something, to somebody. */
  async live(probability: number): Promise<void> {
    const { chance } = this.#world;
    await this.own.takeBackDue();
    await this.campaigns.runDue();
    if (this.#left === 0 || !chance.happens(probability)) return;
    const cover = this.#somebody();
    if (!cover) return;
    this.#left -= 1;
    await this.#act(cover);
  }

  /** Somebody who is or was covered. */
  #somebody(): Item | undefined {
    const { chance, rows } = this.#world;
    const covers = rows('cover').filter(({ state }) => state !== 'rejected' && state !== 'reserved');
    return covers[chance.below(Math.max(covers.length, 1))];
  }

  async #act({ coverId, workerId }: Item): Promise<void> {
    const { chance } = this.#world;
    switch (ACTS[chance.below(ACTS.length)]) {
      case 'pays':
        return this.own.payFor(coverId as CoverId);
      case 'is named':
        return this.own.giveTo(workerId as WorkerId, GIFTS[chance.below(GIFTS.length)] as number);
      case 'is in a campaign':
        return this.campaigns.change();
      case 'asks us to stop':
        return this.#stops();
      case 'is reported':
        return this.#report(workerId as WorkerId, this.#kind(workerId));
      default:
        return this.#comesBack(workerId as WorkerId);
    }
  }

  /** A claim that is open is closed by the next that is heard of it, or by nobody. */
  #kind(workerId: unknown): LifeEventKind {
    const { chance, rows } = this.#world;
    const kind = LIFE_EVENT_KINDS[chance.below(LIFE_EVENT_KINDS.length)] as LifeEventKind;
    const isOpen = rows('worker').some((row) => row.workerId === workerId && row.claimOpenSince !== undefined);
    return isOpen && chance.happens(0.5) ? 'claim_closed' : kind;
  }

  async #report(workerId: WorkerId, kind: LifeEventKind): Promise<void> {
    const { chance, milliseconds, watch } = this.#world;
    const today = civilDateOf(new Date(milliseconds).toISOString() as Instant);
    const on: CivilDate = chance.happens(0.5) ? today : addDays(today, -chance.below(20));
    const body = { kind, on, ...(kind === 'government_paid' ? { months: 1 + chance.below(3) } : {}) };
    const path = `/api/workers/${workerId}/events`;
    const times = chance.happens(0.2) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const { status, body: said } = await askUntilAnswered(this.#world, 'serveOperators', {
        method: 'POST',
        path,
        body,
      });
      if (status >= 500) watch.violated('life event', `${kind} was answered ${status}: ${said}`);
      this.#world.did(status < 300 ? `reported: ${kind}` : `refused: ${kind}`);
    }
  }

  /** Somebody answers a message; from then on nothing more may come. */
  async #stops(): Promise<void> {
    const { chance, vault, watch, milliseconds } = this.#world;
    const got = vault.filter(({ pk }) => pk === 'OUTBOX');
    const message = got[chance.below(Math.max(got.length, 1))];
    if (!message) return;
    const from = message.to as string;
    const body = JSON.stringify({ from, channel: 'whatsapp', text: chance.happens(0.5) ? 'STOP' : 'berhenti' });
    const headers = { [OUTBOX_SIGNATURE]: signOutboxReply(OUTBOX_KEY, Buffer.from(body)) };
    const request = { method: 'POST', path: '/webhooks/messaging/outbox', body, headers } as const;
    const { status } = await askUntilAnswered(this.#world, 'receiveReceipts', request);
    if (status !== 200) watch.violated('I7', `who asks us to stop is answered ${status}`);
    else watch.barred.stopped(from, milliseconds);
    this.#world.did('asked us to stop');
  }

  async #comesBack(workerId: WorkerId): Promise<void> {
    const path = `/api/workers/${workerId}/reactivations`;
    const { status, body } = await askUntilAnswered(this.#world, 'serveOperators', { method: 'POST', path });
    if (status >= 500) this.#world.watch.violated('life event', `a reactivation was answered ${status}: ${body}`);
    this.#world.did(status < 300 ? 'queued again' : 'not queued again');
  }
}
