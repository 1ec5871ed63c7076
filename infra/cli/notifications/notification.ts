/**
 * Messages as the gateways send them, signed with development secrets: for `lingkaran trigger` and the example
 * campaign. One notification is one request, and its times come from the caller's clock, so samples never age.
 */
import { createHash } from 'node:crypto';
import { formatWib, instantFromMilliseconds } from '../../../shared/domain/dates.ts';

export interface Notification {
  readonly gateway: string;
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a person says about a payment; the builder adds what the gateway would add. */
export interface Payment {
  readonly kind: string;
  readonly paymentId: string;
  /** Null: a gift that no pledge of ours announced. */
  readonly orderReference: string | null;
  /** A partner's name for what was given to. */
  readonly campaign?: string;
  readonly amountRupiah: number;
  /** Amount of this refund or chargeback where it is not the whole payment. */
  readonly returnedRupiah?: number;
  readonly feeRupiah: number;
  readonly channel: string;
  readonly occurredMilliseconds: number;
  /** When the gateway sends it: partners sign this time. */
  readonly sentMilliseconds: number;
  /** Tells apart messages about the same payment and kind, such as two refunds. */
  readonly sequence?: number;
}

export type Body = Record<string, unknown>;
/** Changes the body before it is signed. */
export type Adjust = (body: Body) => void;

/** A stable uuid-shaped id: the same payment named twice is the same payment. */
export function stableUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** `2026-12-01 08:00:00`, WIB without saying so, as Midtrans writes it. */
export function wibWithoutZone(milliseconds: number): string {
  return formatWib(instantFromMilliseconds(milliseconds)).slice(0, 19).replace('T', ' ');
}

/** `2026-12-01T08:00:00+07:00`. */
export function wibWithZone(milliseconds: number): string {
  return `${formatWib(instantFromMilliseconds(milliseconds)).slice(0, 19)}+07:00`;
}
