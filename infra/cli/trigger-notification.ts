/** From the flags of `trigger` to one signed notification, spoiled where that was asked for. */
import type { GatewaySecrets } from '../../shared/settings.ts';
import { gatewaySecrets } from './development-secrets.ts';
import { CommandFailure, EXIT, wrongUse } from './failure.ts';
import { nearest } from './nearest.ts';
import { dokuSender } from './notifications/doku.ts';
import { MIDTRANS_KINDS, midtransNotification } from './notifications/midtrans.ts';
import { type Body, type Notification, type Payment, stableUuid } from './notifications/notification.ts';
import { lazadaSender, shopeeSender, tiktokShopSender } from './notifications/order-pushes.ts';
import { PARTNER_KINDS, partnerNotification } from './notifications/partner.ts';
import type { Sender } from './notifications/sender.ts';
import { setPath } from './notifications/set-path.ts';
import { SNAP_KINDS, snapNotification } from './notifications/snap.ts';
import { stripeSender } from './notifications/stripe.ts';
import { xenditSender } from './notifications/xendit.ts';
import { durationMilliseconds } from './options.ts';
import { snapSender } from './snap-sender.ts';

export interface TriggerOptions {
  readonly amount?: number;
  /** The answer of `lingkaran pledge --json`, whose payment this is. */
  readonly pledge?: string;
  readonly returned?: number;
  readonly order?: string;
  readonly paymentId?: string;
  readonly partner: string;
  /** A file: the RSA key a bank signs with. */
  readonly privateKey?: string;
  readonly fee: number;
  readonly channel?: string;
  readonly at?: number;
  readonly late?: string;
  readonly set: readonly string[];
  readonly duplicate: number;
  readonly concurrent: number;
  readonly forged?: boolean;
  readonly badSignature?: boolean;
  readonly truncate?: boolean;
  readonly config?: string;
  readonly print?: boolean;
}

/** What is paid; settled once, so that a notification signed anew is about the same payment. */
export interface Order {
  readonly order: string;
  readonly amount: number;
}

export interface BuiltNotification {
  readonly notification: Notification;
  readonly sentMilliseconds: number;
  readonly summary: {
    readonly gateway: string;
    readonly kind: string;
    /** Null: the message names none. */
    readonly amountRupiah: number | null;
    readonly paymentId: string;
    readonly orderReference: string | null;
  };
}

const SENDERS: Readonly<Record<string, Sender>> = {
  xendit: xenditSender,
  doku: dokuSender,
  stripe: stripeSender,
  shopee: shopeeSender,
  'tiktok-shop': tiktokShopSender,
  lazada: lazadaSender,
};

const KINDS: Readonly<Record<string, readonly string[]>> = {
  midtrans: MIDTRANS_KINDS,
  snap: SNAP_KINDS,
  partner: PARTNER_KINDS,
  ...Object.fromEntries(Object.entries(SENDERS).map(([gateway, { kinds }]) => [gateway, kinds])),
};

function requireKnown(what: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  const near = nearest(given, known);
  throw wrongUse(`unknown ${what} ${given}; ${near ? `did you mean ${near}?` : `known: ${known.join(', ')}`}`);
}

function paymentOf(gateway: string, kind: string, options: TriggerOptions & Order, nowMilliseconds: number): Payment {
  const { order: orderReference, amount: amountRupiah } = options;
  const sender = gateway === 'partner' ? options.partner : gateway;
  const lateMilliseconds = options.late === undefined ? 0 : durationMilliseconds(options.late);
  const returnedRupiah = options.returned ?? (kind === 'partly-refunded' ? Math.floor(amountRupiah / 2) : undefined);
  const { paymentIdOf = (id: string) => id, isPush, isOrder } = SENDERS[gateway] ?? {};
  // Derived, so that `refunded --order X` means the payment that `paid --order X` made.
  const paymentId =
    options.paymentId ?? (isOrder ? orderReference : paymentIdOf(stableUuid(`${sender}:${orderReference}`)));
  return {
    kind,
    // Some know one number alone.
    orderReference: isPush || isOrder ? paymentId : orderReference,
    paymentId,
    amountRupiah,
    feeRupiah: options.fee,
    channel: options.channel ?? (gateway === 'snap' ? 'va:bca' : 'qris'),
    occurredMilliseconds: (options.at ?? nowMilliseconds) - lateMilliseconds,
    sentMilliseconds: nowMilliseconds,
    ...(returnedRupiah === undefined ? {} : { returnedRupiah }),
  };
}

function sign(
  gateway: string,
  payment: Payment,
  options: TriggerOptions,
  secrets: GatewaySecrets,
  folder: string,
): Notification {
  const adjust = (body: Body) => {
    for (const assignment of options.set) setPath(body, assignment);
  };
  if (gateway === 'midtrans') {
    const key = secrets.midtrans?.signatureKeys?.[0] ?? secrets.midtrans?.serverKeys[0];
    if (key === undefined) throw new CommandFailure(EXIT.notFound, 'the configuration has no gateways.midtrans');
    return midtransNotification(payment, key, adjust);
  }
  if (gateway === 'snap') {
    const nowMilliseconds = payment.sentMilliseconds;
    return snapNotification(payment, snapSender(secrets, { ...options, nowMilliseconds, folder }), adjust);
  }
  const sender = SENDERS[gateway];
  if (sender) {
    const notification = sender.sign(payment, secrets, adjust);
    if (!notification) throw new CommandFailure(EXIT.notFound, `the configuration has no gateways.${gateway}`);
    return notification;
  }
  const partners = secrets.partner ?? {};
  requireKnown('partner', options.partner, Object.keys(partners));
  const secret = partners[options.partner]?.secrets[0] ?? '';
  return partnerNotification(payment, { partner: options.partner, secret }, adjust);
}

const flipped = (text: string) => (text.startsWith('0') ? '1' : '0') + text.slice(1);

/** Another signature of the right shape, so that the refusal is about the signature alone. */
function withBadSignature(notification: Notification): Notification {
  const header = SENDERS[notification.gateway]?.signatureHeader;
  if (header !== undefined) {
    const [, scheme = '', value = ''] = /^(HMACSHA256=)?(.*)$/s.exec(notification.headers[header] ?? '') ?? [];
    return { ...notification, headers: { ...notification.headers, [header]: scheme + flipped(value) } };
  }
  const signature = notification.headers['webhook-signature'];
  if (signature !== undefined) {
    const spoiled = `v1,${flipped(signature.slice(3))}`;
    return { ...notification, headers: { ...notification.headers, 'webhook-signature': spoiled } };
  }
  const ofBank = notification.headers['x-signature'];
  if (ofBank !== undefined)
    return { ...notification, headers: { ...notification.headers, 'x-signature': flipped(ofBank) } };
  const ofSender = notification.headers['stripe-signature'] ?? notification.headers.authorization;
  if (ofSender !== undefined && SENDERS[notification.gateway]) {
    const name = notification.gateway === 'stripe' ? 'stripe-signature' : 'authorization';
    const at = ofSender.lastIndexOf('=') + 1;
    const spoiled = ofSender.slice(0, at) + flipped(ofSender.slice(at));
    return { ...notification, headers: { ...notification.headers, [name]: spoiled } };
  }
  const body = JSON.parse(notification.body) as Body;
  body.signature_key = flipped(String(body.signature_key));
  return { ...notification, body: JSON.stringify(body) };
}

export function buildNotification(
  gateway: string,
  kind: string,
  options: TriggerOptions & Order,
  nowMilliseconds: number,
  folder: string,
): BuiltNotification {
  requireKnown('gateway', gateway, Object.keys(KINDS));
  requireKnown(`kind of ${gateway}`, kind, KINDS[gateway] ?? []);
  const payment = paymentOf(gateway, kind, options, nowMilliseconds);
  let notification = sign(gateway, payment, options, gatewaySecrets(options.config, folder), folder);
  if (options.badSignature === true) notification = withBadSignature(notification);
  if (options.truncate === true) {
    notification = { ...notification, body: notification.body.slice(0, Math.floor(notification.body.length / 2)) };
  }
  const { paymentId, orderReference, sentMilliseconds } = payment;
  const amountRupiah = SENDERS[gateway]?.isPush ? null : payment.amountRupiah;
  const sender = gateway === 'partner' ? `partner:${options.partner}` : gateway;
  return {
    notification,
    sentMilliseconds,
    summary: { gateway: sender, kind, amountRupiah, paymentId, orderReference },
  };
}
