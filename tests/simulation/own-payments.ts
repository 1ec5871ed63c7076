/**
 * Payments that are for one person: what workers pay for themselves, and gifts that name a worker. They are told like
 * any other, but no other world has them, for its people have other ids.
 */
import { payLinkOf } from '../../shared/adapters/pay-links.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { unrestrictedFund } from '../../shared/domain/fund.ts';
import type { CoverId, PledgeId, WorkerId } from '../../shared/domain/ids.ts';
import { rupiah } from '../../shared/domain/money.ts';
import { putPledge } from '../../shared/store/pledges.ts';
import type { Payment, Step } from './payment.ts';
import { askUntilAnswered } from './requests.ts';
import type { World } from './world.ts';

/** Begins the id of each, by which the books of two worlds are compared without them. */
export const OWN = 'own-';

const PERIODS = [1, 1, 1, 2, 3, 6, 12] as const;
const MINUTE = 60_000;
const DAY = 86_400_000;
const MOST_TRIES = 20;

interface Later {
  readonly payment: Payment;
  readonly step: number;
  readonly atMilliseconds: number;
}

export class OwnPayments {
  readonly #world: World;
  #later: Later[] = [];
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** A worker opens the link of a reminder and pays; some take the money back. */
  async payFor(coverId: CoverId): Promise<void> {
    const { chance, watch } = this.#world;
    const link = await payLinkOf(coverId);
    if (link === null) throw new Error('nobody knows the address of the pages');
    const months = PERIODS[chance.below(PERIODS.length)];
    const path = new URL(link).pathname;
    const { status, body } = await askUntilAnswered(this.#world, 'servePublic', {
      method: 'POST',
      path,
      body: { months },
    });
    this.#world.did(status === 201 ? 'self-payment ordered' : 'self-payment refused');
    // A link we made leads somewhere: why nothing can be paid now is said, and it is never a fault of ours.
    if (status !== 201 && (status < 400 || status >= 500)) watch.violated('self-pay', `${path} was answered ${status}`);
    if (status === 404) watch.violated('self-pay', `a link we made leads nowhere: ${path}`);
    if (status !== 201) return;
    const { orderReference, amountRupiah } = JSON.parse(body) as { orderReference: string; amountRupiah: number };
    await this.#pay(orderReference, amountRupiah);
    if (chance.happens(0.1)) await this.#pay(orderReference, 1 + chance.below(amountRupiah));
  }

  /** A donor names a worker, whoever pays for that one now. */
  async giveTo(workerId: WorkerId, amountRupiah: number): Promise<void> {
    this.#count += 1;
    const orderReference = `GNL-NAMED-${this.#count}`;
    const at = new Date(this.#world.milliseconds).toISOString() as Instant;
    await putPledge({
      pledgeId: `plg_${orderReference}` as PledgeId,
      orderReference,
      donorId: null,
      donorKind: 'individual',
      anonymous: true,
      language: 'id',
      channel: 'simulation',
      amountRupiah: rupiah(amountRupiah),
      workers: null,
      descriptor: { ...unrestrictedFund('csr'), earmark: { workers: [workerId] } },
      renewalOf: null,
      receiptToken: `token-${orderReference}`,
      createdAt: at,
      expiresAt: new Date(this.#world.milliseconds + 9e9).toISOString() as Instant,
    });
    this.#world.did('gift that names a worker');
    await this.#pay(orderReference, amountRupiah);
  }

  /** What was paid is taken back when its time has come. */
  async takeBackDue(): Promise<void> {
    const due = this.#later.filter(({ atMilliseconds }) => atMilliseconds <= this.#world.milliseconds);
    this.#later = this.#later.filter((later) => !due.includes(later));
    for (const { payment, step } of due) await this.#tell(payment, step);
  }

  async #pay(orderReference: string, amount: number): Promise<void> {
    const { chance, milliseconds } = this.#world;
    this.#count += 1;
    const id = `${OWN}${this.#count}`;
    const steps: Step[] = [{ kind: 'paid', atMilliseconds: milliseconds, amount, key: 'paid' }];
    if (chance.happens(0.15)) {
      const atMilliseconds = milliseconds + MINUTE + chance.below(40 * DAY);
      steps.push({
        kind: 'refunded',
        atMilliseconds,
        amount: chance.happens(0.5) ? amount : 1 + chance.below(amount),
        key: 'r0',
      });
    }
    const payment: Payment = {
      number: 100_000 + this.#count,
      id,
      sender: 'partner:kitabisa',
      amount,
      fee: 0,
      orderReference,
      steps,
      isLost: false,
    };
    await this.#tell(payment, 0);
    if (chance.happens(0.2)) await this.#tell(payment, 0);
    const [, refund] = steps;
    if (refund) this.#later.push({ payment, step: 1, atMilliseconds: refund.atMilliseconds });
  }

  async #tell(payment: Payment, step: number): Promise<void> {
    const notice = {
      number: payment.number * 10 + step,
      payment,
      step,
      form: '',
      sendMilliseconds: this.#world.milliseconds,
      lie: 'none',
    } as const;
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) if ((await this.#world.door.tell(notice)) === 200) return;
    this.#world.watch.violated('I4', `${payment.id} was told ${MOST_TRIES} times and never taken`);
  }
}
