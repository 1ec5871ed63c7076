/** From the flags of `trigger` to one signed notification, spoiled where that was asked for. */
import type { GatewaySecrets } from '../../shared/settings.ts';
import { gatewaySecrets } from './development-secrets.ts';
import { CommandFailure, EXIT, wrongUse } from './failure.ts';
import { nearest } from './nearest.ts';
import { MIDTRANS_KINDS, midtransNotification } from './notifications/midtrans.ts';
import { type Body, type Notification, type Payment, stableUuid } from './notifications/notification.ts';
import { PARTNER_KINDS, partnerNotification } from './notifications/partner.ts';
import { setPath } from './notifications/set-path.ts';
import { SNAP_KINDS, snapNotification } from './notifications/snap.ts';
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
    readonly amountRupiah: number;
    readonly paymentId: string;
    readonly orderReference: string | null;
  };
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  midtrans: MIDTRANS_KINDS,
  snap: SNAP_KINDS,
  partner: PARTNER_KINDS,
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
  return {
    kind,
    orderReference,
    // Derived, so that `refunded --order X` means the payment that `paid --order X` made.
    paymentId: options.paymentId ?? stableUuid(`${sender}:${orderReference}`),
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
  const partners = secrets.partner ?? {};
  requireKnown('partner', options.partner, Object.keys(partners));
  const secret = partners[options.partner]?.secrets[0] ?? '';
  return partnerNotification(payment, { partner: options.partner, secret }, adjust);
}

const flipped = (text: string) => (text.startsWith('0') ? '1' : '0') + text.slice(1);

/** Another signature of the right shape, so that the refusal is about the signature alone. */
function withBadSignature(notification: Notification): Notification {
  const signature = notification.headers['webhook-signature'];
  if (signature !== undefined) {
    const spoiled = `v1,${flipped(signature.slice(3))}`;
    return { ...notification, headers: { ...notification.headers, 'webhook-signature': spoiled } };
  }
  const ofBank = notification.headers['x-signature'];
  if (ofBank !== undefined)
    return { ...notification, headers: { ...notification.headers, 'x-signature': flipped(ofBank) } };
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
  const { amountRupiah, paymentId, orderReference, sentMilliseconds } = payment;
  const sender = gateway === 'partner' ? `partner:${options.partner}` : gateway;
  return {
    notification,
    sentMilliseconds,
    summary: { gateway: sender, kind, amountRupiah, paymentId, orderReference },
  };
}
