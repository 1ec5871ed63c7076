/** Partners (Kitabisa, BAZNAS and others) send us donations in our own contract, signed as Standard Webhooks. */
import * as z from 'zod';
import type { CanonicalEvent, DonorContact, EventKind } from '../domain/canonical-event.ts';
import { type Instant, parseInstant } from '../domain/dates.ts';
import { digest } from '../domain/ids.ts';
import { type Rupiah, rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import type { PartnerSecrets } from '../settings.ts';
import { ACCEPTED, type Gateway } from './gateway.ts';
import { isJsonObject, type JsonObject, keyPart, readJsonObject } from './message-bytes.ts';
import { verifyStandardWebhook } from './standard-webhooks.ts';

/** Nothing else books anything: a manifest, at an address of its own, announces a file; a type we do not know is kept. */
const KIND_OF_TYPE: Readonly<Record<string, EventKind>> = {
  'donation.paid': 'paid',
  'donation.pending': 'pending',
  'donation.failed': 'failed',
  'donation.expired': 'expired',
  'donation.refunded': 'refunded',
  'donation.charged_back': 'charged_back',
};

const identifier = z.string().min(1).max(200);
const anything = z.unknown().optional();

const dataSchema = z.lazy(() =>
  z.object({
    payment_id: identifier,
    campaign: identifier.nullish(),
    order_reference: identifier.nullish(),
    amount: anything,
    currency: anything,
    fee: anything,
    paid_at: z.string().nullish(),
    channel: z.string().min(1).max(100).nullish(),
    refund_id: identifier.nullish(),
  }),
);
type Donation = z.infer<typeof dataSchema>;

export function partner(name: string): Gateway<PartnerSecrets> {
  const gateway = `partner:${name}`;
  return {
    name: gateway,
    verify: (message, secrets, now) => verifyStandardWebhook(message, secrets.secrets, secrets.toleranceSeconds, now),
    interpret(message, secrets) {
      const body = readJsonObject(message.body);
      if (!body) throw new Permanent('malformed_body');
      const kind = kindOf(body.type);
      return {
        events: kind ? [eventOf(gateway, kind, body, secrets)] : [],
        ignored: !kind,
        deliveryKey: this.deliveryKey(message),
        donor: donorOf(body.data),
      };
    },
    deliveryKey: (message) =>
      message.headers['webhook-id']?.slice(0, 200) ||
      `body:${digest(Buffer.from(message.body).toString('base64'), 40)}`,
    acknowledge: () => ACCEPTED,
  };
}

function kindOf(type: unknown): EventKind | undefined {
  return typeof type === 'string' && Object.hasOwn(KIND_OF_TYPE, type) ? KIND_OF_TYPE[type] : undefined;
}

function eventOf(gateway: string, kind: EventKind, body: JsonObject, secrets: PartnerSecrets): CanonicalEvent {
  const donation = parseContract(dataSchema, body.data, 'data');
  if (donation.currency !== 'IDR') throw new Permanent('currency_not_idr', { field: 'data.currency' });
  const amountRupiah = wholeRupiah(donation.amount, 'data.amount', 1);
  return {
    gateway,
    kind,
    paymentId: donation.payment_id,
    effectKey: `${gateway}:${keyPart(donation.payment_id)}:${effectOf(kind, donation)}`,
    amountRupiah,
    feeRupiah: kind === 'paid' ? feeOf(donation, amountRupiah) : ZERO_RUPIAH,
    orderReference: orderReferenceOf(donation),
    occurredAt: occurredAtOf(donation, body.timestamp),
    channel: donation.channel ?? 'unknown',
    // "general" binds nobody: a pledge may still name the class of its fund.
    ...(secrets.fundClass === 'general' ? {} : { fundClass: secrets.fundClass }),
  };
}

function effectOf(kind: EventKind, { refund_id }: Donation): string {
  if (kind === 'refunded') {
    if (!refund_id) throw new Permanent('field_missing', { field: 'data.refund_id' });
    return `refund:${keyPart(refund_id)}`;
  }
  return kind === 'charged_back' ? `chargeback:${keyPart(refund_id ?? 'full')}` : kind;
}

/** The contract wants a JSON integer; text and fractions are refused rather than read somehow. */
function wholeRupiah(value: unknown, field: string, minimum: 0 | 1): Rupiah {
  if (value === undefined || value === null) throw new Permanent('amount_missing', { field });
  if (!Number.isSafeInteger(value) || (value as number) < minimum) throw new Permanent('amount_invalid', { field });
  return rupiah(value as number);
}

function feeOf({ fee }: Donation, amount: Rupiah): Rupiah {
  const kept = wholeRupiah(fee ?? 0, 'data.fee', 0);
  if (kept > amount) throw new Permanent('fee_exceeds_amount', { field: 'data.fee' });
  return kept;
}

/** A payment that never came has no `paid_at`; then the message's own time stands in. */
function occurredAtOf({ paid_at }: Donation, timestamp: unknown): Instant {
  if (paid_at) return parseInstant(paid_at, 'data.paid_at');
  if (timestamp === undefined || timestamp === null) throw new Permanent('field_missing', { field: 'data.paid_at' });
  return parseInstant(timestamp, 'timestamp');
}

/** What a pledge would be found by; a gift without one is still told apart by campaign and payment. */
function orderReferenceOf({ order_reference, campaign, payment_id }: Donation): string | null {
  return order_reference ?? (campaign ? `${campaign}:${payment_id}` : null);
}

/** Personal data, read leniently and never part of an event (I9). */
function donorOf(data: unknown): DonorContact | null {
  const donor = isJsonObject(data) ? data.donor : undefined;
  if (!isJsonObject(donor)) return null;
  const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
  const { name, email, phone } = { name: text(donor.name), email: text(donor.email), phone: text(donor.phone) };
  return {
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    ...(typeof donor.anonymous === 'boolean' ? { anonymous: donor.anonymous } : {}),
  };
}
