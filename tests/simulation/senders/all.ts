/** Every simulated gateway, and what its notices must leave in the books. */
import type { Notice, Payment, Sender, StepKind } from '../payment.ts';
import { doku } from './doku.ts';
import { isOvertaken, midtrans } from './midtrans.ts';
import { partner } from './partner.ts';
import { type HttpCall, type SendingTime, type SimulatedGateway, stepOf } from './sender.ts';
import { shop } from './shops.ts';
import { snapBank, snapWallet } from './snap.ts';
import { stripe } from './stripe.ts';
import { xendit } from './xendit.ts';

const GATEWAYS: Readonly<Record<Sender, SimulatedGateway>> = {
  midtrans,
  xendit,
  doku,
  'snap:bank': snapBank,
  'snap:wallet': snapWallet,
  stripe,
  shopee: shop('shopee'),
  'tiktok-shop': shop('tiktok-shop'),
  lazada: shop('lazada'),
  'partner:kitabisa': partner,
  'partner:baznas': partner,
};

export function callOf(notice: Notice, at: SendingTime): HttpCall {
  return GATEWAYS[notice.payment.sender].callOf(notice, at);
}

export function idsOf(payment: Payment): readonly string[] {
  return GATEWAYS[payment.sender].idsOf?.(payment) ?? [payment.id];
}

export function statedReferenceOf(payment: Payment): string | null {
  return GATEWAYS[payment.sender].referenceOf?.(payment) ?? payment.orderReference ?? null;
}

export function formsOf(payment: Payment, step: number): readonly string[] {
  return GATEWAYS[payment.sender].formsOf?.(payment, step) ?? [''];
}

const MOVES_NOTHING: ReadonlySet<StepKind> = new Set<StepKind>(['pending', 'failed', 'expired']);

/**
 * The effects one of which a true notice must have left in the books once it was acknowledged, for a payment may be
 * booked under each of its ids; none where it moves no money.
 */
export function effectKeysOf(notice: Notice): readonly string[] {
  const { payment, lie } = notice;
  const { kind, key } = stepOf(notice);
  if (lie !== 'none' || MOVES_NOTHING.has(kind) || isOvertaken(payment, kind)) return [];
  const words: Partial<Record<StepKind, string>> = {
    voided: 'void',
    refunded: `refund:${key}`,
    charged_back: `chargeback:${key}`,
  };
  const effect = GATEWAYS[payment.sender].effectOf?.(notice) ?? words[kind] ?? 'paid';
  return idsOf(payment).map((id) => `${payment.sender}:${id}:${effect}`);
}
