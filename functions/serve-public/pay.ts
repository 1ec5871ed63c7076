/** A worker pays on: what the page of a link shows, and the order a payment is asked for with. */
import * as z from 'zod';
import type { Cover } from '../../shared/domain/cover.ts';
import { type CivilDate, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import { type FundDescriptor, fundIdOf } from '../../shared/domain/fund.ts';
import { type CoverId, type DonationId, type FundId, type WorkerId, workerIdOfCover } from '../../shared/domain/ids.ts';
import { addRupiah, type Rupiah, ZERO_RUPIAH } from '../../shared/domain/money.ts';
import {
  isOnItsWay,
  isOpenOrder,
  orderAfter,
  type PayingWorker,
  SELF_PAY_PERIODS,
  type SelfPayOffer,
  type SelfPayOrder,
  type SelfPayPeriod,
  type SelfPayStanding,
  selfFund,
  selfPayOffers,
  selfPayStanding,
} from '../../shared/domain/self-payment.ts';
import type { Tariff } from '../../shared/domain/tariff.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import { errorFields, type Log } from '../../shared/logger.ts';
import type { FundMessage } from '../../shared/messages.ts';
import {
  PAYMENT_METHODS,
  type PaymentInstruction,
  type PaymentMethod,
  type PaymentRequestPort,
} from '../../shared/ports/payment-request.ts';
import type { StoredOrder } from '../../shared/store/self-payments.ts';

export interface PayDependencies {
  readonly now: () => Instant;
  /** Null for a token we did not make. */
  readonly readPayLink: (token: string) => Promise<CoverId | null>;
  readonly readPayingWorker: (workerId: WorkerId) => Promise<PayingWorker | null>;
  readonly coversOfWorker: (workerId: WorkerId) => Promise<Cover[]>;
  readonly selfPaymentsOf: (workerId: WorkerId) => Promise<DonationId[]>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Donation[]>;
  readonly latestOrders: (workerId: WorkerId) => Promise<ReadonlyMap<SelfPayPeriod, StoredOrder>>;
  readonly putOrder: (order: SelfPayOrder, previous: SelfPayOrder | null) => Promise<boolean>;
  readonly saveInstruction: (orderReference: string, instruction: PaymentInstruction) => Promise<void>;
  readonly tariffInForce: (today: CivilDate) => Tariff;
  readonly ensureFund: (descriptor: FundDescriptor) => Promise<FundId>;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
  /** Null where no gateway makes accounts: then the order's reference is what is paid under. */
  readonly paymentRequests: () => Promise<PaymentRequestPort | null>;
  readonly log: Log;
}

type Refusal = Extract<SelfPayStanding, { outcome: 'refused' }>;

export interface PayView {
  readonly workerId: WorkerId;
  readonly today: CivilDate;
  /** Null: the worker may pay. */
  readonly refusal: Refusal | null;
  /** The cover the next one goes on from; null where refused. */
  readonly cover: Cover | null;
  /** Paid and not spent yet, for whatever period. */
  readonly waitingRupiah: Rupiah;
  /** The day the next cover starts; null: with acceptance. */
  readonly from: CivilDate | null;
  readonly offers: readonly SelfPayOffer[];
  /** The latest order of each period, open or not. */
  readonly orders: ReadonlyMap<SelfPayPeriod, StoredOrder>;
  readonly openOrders: readonly StoredOrder[];
  readonly methods: readonly PaymentMethod[];
}

export const payRequestSchema = z.object({
  months: z.coerce.number().pipe(z.literal(SELF_PAY_PERIODS)),
  via: z.enum(PAYMENT_METHODS).optional(),
});
export type PayRequest = z.infer<typeof payRequestSchema>;

const ORDER_TRIES = 4;
const DEFAULT_METHOD: PaymentMethod = 'bri';

/** Null for a link we did not make, and for nobody's. */
export async function viewOfLink(token: string, dependencies: PayDependencies): Promise<PayView | null> {
  const coverId = await dependencies.readPayLink(token);
  const worker = coverId && (await dependencies.readPayingWorker(workerIdOfCover(coverId)));
  return coverId && worker ? viewOf(worker, coverId, dependencies) : null;
}

async function viewOf(worker: PayingWorker, linked: CoverId, dependencies: PayDependencies): Promise<PayView> {
  const { workerId } = worker;
  const at = dependencies.now();
  const today = civilDateOf(at);
  const [covers, orders, paid] = await Promise.all([
    dependencies.coversOfWorker(workerId),
    dependencies.latestOrders(workerId),
    dependencies.selfPaymentsOf(workerId).then(dependencies.readDonations),
  ]);
  const standing = selfPayStanding(worker, covers, linked, today);
  const waitingRupiah = waitingOf(paid);
  const view = { workerId, today, orders, waitingRupiah, offers: [], openOrders: [], methods: [] };
  if (standing.outcome === 'refused') return { ...view, refusal: standing, cover: null, from: null };
  const offers = selfPayOffers(worker, standing, waitingRupiah, today, dependencies.tariffInForce(today));
  const { cover, from } = standing;
  if (isOnItsWay(offers, waitingByPeriod(workerId, cover, paid)))
    return { ...view, refusal: PROCESSED, cover: null, from: null };
  const openOrders = offers.flatMap(({ termMonths, dueRupiah }) => {
    const order = orders.get(termMonths);
    return order && isOpenOrder(order, dueRupiah, at) ? [order] : [];
  });
  const methods = (await dependencies.paymentRequests())?.methods ?? [];
  return { ...view, refusal: null, cover, from, offers, openOrders, methods };
}

const PROCESSED: Refusal = {
  outcome: 'refused',
  reason: 'payment_received',
  coveredUntil: null,
  payableFrom: null,
};

/** What the worker paid and is not spent, by the period it was paid for. */
function waitingByPeriod(workerId: WorkerId, cover: Cover, paid: readonly Donation[]): Map<number, Rupiah> {
  return new Map(
    SELF_PAY_PERIODS.map((term) => {
      const fundId = fundIdOf(selfFund(workerId, cover.package, term));
      return [term, waitingOf(paid.filter((donation) => donation.fundId === fundId))];
    }),
  );
}

function waitingOf(paid: readonly Donation[]): Rupiah {
  return addRupiah(ZERO_RUPIAH, ...paid.map(({ remainingRupiah }) => remainingRupiah));
}

/**
 * The order for a period and how to pay it. Asked again while one is open, it is the same one.
 *
 * @returns null where what the worker paid before reaches the price: it buys the period
 * @throws Permanent with the reason why not
 */
export async function orderPayment(
  view: PayView,
  request: PayRequest,
  dependencies: PayDependencies,
): Promise<StoredOrder | null> {
  const { months } = request;
  const offer = view.offers.find(({ termMonths }) => termMonths === months);
  if (view.refusal || !view.cover || !offer) throw new Permanent(view.refusal?.reason ?? 'invalid_request');
  if (offer.refusal) throw new Permanent(offer.refusal, { field: 'months' });
  const { workerId, cover } = view;
  const { coverId } = cover;
  if (offer.dueRupiah > 0) {
    const wanted = { workerId, coverId, package: cover.package, termMonths: months, amountRupiah: offer.dueRupiah };
    return openOrder(wanted, view.orders, request.via, dependencies);
  }
  const fundId = await dependencies.ensureFund(selfFund(workerId, cover.package, months));
  await dependencies.sendToFund({ contractVersion: 1, kind: 'fill', fundId }, `credit:${coverId}`);
  return null;
}

async function openOrder(
  wanted: Parameters<typeof orderAfter>[1],
  known: PayView['orders'],
  via: PaymentMethod | undefined,
  dependencies: PayDependencies,
): Promise<StoredOrder> {
  const { workerId, termMonths, amountRupiah } = wanted;
  let orders = known;
  for (let attempt = 0; attempt < ORDER_TRIES; attempt += 1) {
    const at = dependencies.now();
    const latest = orders.get(termMonths) ?? null;
    if (latest && isOpenOrder(latest, amountRupiah, at) && isPaidBy(latest, via))
      return withInstruction(latest, via, dependencies);
    const order = orderAfter(latest, wanted, at);
    if (await dependencies.putOrder(order, latest))
      return withInstruction({ ...order, instruction: null }, via, dependencies);
    orders = await dependencies.latestOrders(workerId);
  }
  throw new Transient('contention', { detail: `orders of ${workerId}` });
}

function isPaidBy({ instruction }: StoredOrder, via: PaymentMethod | undefined): boolean {
  return !instruction || via === undefined || instruction.method === via;
}

/** The order stands without it: it can be paid under its reference, and the next request asks again. */
async function withInstruction(
  order: StoredOrder,
  via: PaymentMethod = DEFAULT_METHOD,
  { now, paymentRequests, saveInstruction, log }: PayDependencies,
): Promise<StoredOrder> {
  const port = order.instruction ? null : await paymentRequests();
  if (!port) return order;
  const { orderReference, amountRupiah, expiresAt } = order;
  try {
    const instruction = await port.request({
      orderReference,
      amountRupiah,
      method: via,
      requestedAt: now(),
      expiresAt,
    });
    await saveInstruction(orderReference, instruction);
    return { ...order, instruction };
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    log.warn('no way to pay', { orderReference, ...errorFields(error) });
    return order;
  }
}
