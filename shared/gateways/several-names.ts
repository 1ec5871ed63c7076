/** Of gateways that have several ids for one payment, what a statement or a list names it by. */
import type { CanonicalEvent, PaymentSide } from '../domain/canonical-event.ts';

/** Xendit's invoices have ids of a document store; every other product has a prefix of its own. */
const INVOICE_ID = /^(?:[0-9a-f]{24}|inv-.+)$/;

export function hasSeveralNames(gateway: string): boolean {
  return gateway === 'xendit';
}

export function sideOf(paymentId: string): PaymentSide {
  return INVOICE_ID.test(paymentId) ? 'invoice' : 'channel';
}

/** An event that names a payment by one id alone, so that it is found under another too. */
export function asOneOfSeveralNames(event: CanonicalEvent): CanonicalEvent {
  const { gateway, kind, orderReference, paymentId } = event;
  if (!hasSeveralNames(gateway)) return event;
  const side = kind === 'paid' && orderReference !== null ? { side: sideOf(paymentId) } : {};
  return { ...event, otherIds: event.otherIds ?? [], ...side };
}
