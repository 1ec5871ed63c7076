/** Workers and gifts as a test writes them down. */
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import type { CanonicalEvent } from '../../shared/domain/canonical-event.ts';
import type { CivilMonth, Instant } from '../../shared/domain/dates.ts';
import { type GiftPurpose, unrestrictedFund } from '../../shared/domain/fund.ts';
import { digest, type PledgeId, type WorkerId } from '../../shared/domain/ids.ts';
import { rupiah } from '../../shared/domain/money.ts';
import { newWorker, type WorkerProfile } from '../../shared/domain/worker.ts';
import { partner } from '../../shared/gateways/partner.ts';
import type { PaymentMessage } from '../../shared/messages.ts';
import { putPledge } from '../../shared/store/pledges.ts';
import { transact } from '../../shared/store/table.ts';
import { noteRegion, waitingPlaceOf } from '../../shared/store/waiting.ts';
import { newWorkerPut } from '../../shared/store/workers.ts';
import type { TestSystem } from './test-system.ts';

export const PROFILE: WorkerProfile = {
  region: '33.72',
  occupation: 'buruh',
  sector: 'non_transport',
  disability: false,
  mustahik: false,
  registrableUntilMonth: '2056-08' as CivilMonth,
  consentMessaging: true,
  language: 'id',
  source: 'dinsos',
  needsReview: false,
};

export function workerIdOf(number: number): WorkerId {
  return `wrk_${digest(`worker ${number}`)}` as WorkerId;
}

const LONG_AGO = '2026-10-01T02:00:00.000Z';

/** Puts workers in line, the first one waiting longest. */
export async function addWorkers(
  system: TestSystem,
  profiles: readonly Partial<WorkerProfile>[],
  first = 0,
  firstSince?: Instant,
) {
  const arrival = firstSince ? Date.parse(firstSince) : Date.parse(LONG_AGO) + first * 60_000;
  for (const [index, changes] of profiles.entries()) {
    const profile = { ...PROFILE, ...changes };
    const since = new Date(arrival + index * 60_000).toISOString() as Instant;
    await transact([newWorkerPut(newWorker(profile, workerIdOf(first + index), since))]);
    await noteRegion(waitingPlaceOf(profile));
  }
  return system;
}

export interface Notice {
  readonly paymentId: string;
  readonly amount: number;
  readonly kind?: 'paid' | 'pending' | 'failed' | 'expired' | 'refunded' | 'charged_back';
  readonly fee?: number;
  readonly refundId?: string;
  readonly orderReference?: string;
  readonly partner?: 'kitabisa' | 'baznas';
  readonly paidAt?: string;
}

/** What a partner's notice becomes at the door. */
export async function partnerMessage(notice: Notice): Promise<PaymentMessage> {
  const { paymentId, amount, kind = 'paid', fee, refundId, orderReference, partner: name = 'kitabisa' } = notice;
  const paidAt = notice.paidAt ?? '2026-11-20T02:59:00.000Z';
  const data = {
    payment_id: paymentId,
    amount,
    currency: 'IDR',
    fee,
    paid_at: paidAt,
    channel: 'qris',
    refund_id: refundId,
    order_reference: orderReference,
  };
  const body = Buffer.from(JSON.stringify({ type: `donation.${kind}`, timestamp: paidAt, data }));
  const gateway = partner(name);
  const { events, ignored, deliveryKey } = gateway.interpret(
    { method: 'POST', path: '', headers: { 'webhook-id': digest(body.toString()) }, body },
    { secrets: ['whsec_dGVzdA=='], toleranceSeconds: 300, fundClass: name === 'baznas' ? 'zakat' : 'general' },
  );
  return messageOf(events, { ignored, deliveryKey, body });
}

/** A message with events no partner can send. */
export async function messageOf(
  events: readonly CanonicalEvent[],
  { ignored = false, deliveryKey = '', body = Buffer.from('{}') } = {},
): Promise<PaymentMessage> {
  return {
    contractVersion: 1,
    gateway: events[0]?.gateway ?? 'partner:kitabisa',
    deliveryKey,
    receivedAt: '2026-11-20T03:00:00.000Z' as Instant,
    events: [...events],
    ignored,
    sealedBody: await intakeSealing.seal(body),
  };
}

export async function give(system: TestSystem, ...notices: readonly Notice[]): Promise<void> {
  for (const notice of notices) send(system, await partnerMessage(notice));
}

export function send(system: TestSystem, message: PaymentMessage): void {
  const QueueUrl = process.env.PAYMENTS_QUEUE_URL as string;
  const milliseconds = Date.parse(system.now());
  system.queue('payments').send({ QueueUrl, MessageBody: JSON.stringify(message) }, milliseconds);
}

/** A promise that binds what is paid under its order reference. */
export async function pledge(system: TestSystem, orderReference: string, purpose: Partial<GiftPurpose>) {
  await putPledge({
    pledgeId: `plg_${orderReference}` as PledgeId,
    orderReference,
    receiptToken: orderReference,
    donorId: null,
    donorKind: 'corporate',
    anonymous: false,
    language: 'id',
    channel: 'bank',
    amountRupiah: rupiah(1),
    workers: null,
    descriptor: { ...unrestrictedFund('csr'), ...purpose },
    renewalOf: null,
    createdAt: system.now(),
    expiresAt: '2028-01-01T00:00:00.000Z' as Instant,
  });
}
