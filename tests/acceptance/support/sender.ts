/** Both senders at once, for tests that try one trick on either: each case has a payment and a gift of its own. */
import { expect } from 'vitest';
import { provenBalances } from './books.ts';
import type { Answer } from './client.ts';
import type { QuarantineItem } from './contract.ts';
import {
  type MidtransDocument,
  type MidtransPayment,
  newPayment,
  notify,
  postMidtrans,
  signed,
  statusOf,
} from './midtrans.ts';
import { type Gift, giftDocument, newGift, type PartnerDocument, partnerHeaders, postPartner } from './partner.ts';
import type { System } from './system.ts';

const AMOUNT_RUPIAH = 50_400;

export type Send = (from: Sender) => Promise<Answer>;

export const bytesOf = (document: unknown) => Buffer.from(JSON.stringify(document));

export class Sender {
  readonly system: System;
  readonly nowMilliseconds: number;
  readonly payment: MidtransPayment;
  readonly gift: Gift;

  constructor(system: System, nowMilliseconds: number) {
    this.system = system;
    this.nowMilliseconds = nowMilliseconds;
    this.payment = newPayment(AMOUNT_RUPIAH, nowMilliseconds);
    this.gift = newGift(AMOUNT_RUPIAH, nowMilliseconds);
  }

  /** The signed settlement, with fields changed after signing. */
  settlement(changed: MidtransDocument = {}): MidtransDocument {
    return { ...signed(statusOf(this.payment, 'settlement')), ...changed };
  }

  /** The paid gift, with fields of its data changed. */
  paid(changed: Record<string, unknown> = {}): PartnerDocument {
    const document = giftDocument(this.gift, 'paid');
    return { ...document, data: { ...document.data, ...changed } };
  }

  midtrans(body: Uint8Array | string, contentType?: string): Promise<Answer> {
    return postMidtrans(this.system, body, contentType);
  }

  /** A settlement whose amount is written like this, signed as it is. */
  amount(grossAmount: string): Promise<Answer> {
    return notify(this.system, { ...this.payment, grossAmount }, 'settlement');
  }

  /** Signed for these bytes; headers may then be spoilt. */
  partner(body: Uint8Array, spoilt: Record<string, string> = {}, aheadSeconds = 0): Promise<Answer> {
    const sentMilliseconds = this.nowMilliseconds + aheadSeconds * 1000;
    return postPartner(this.system, body, { ...partnerHeaders(body, { sentMilliseconds }), ...spoilt });
  }

  /** The headers of these bytes, with more signatures before the good one. */
  headersOf(body: Uint8Array, before = ''): Record<string, string> {
    const headers = partnerHeaders(body, { sentMilliseconds: this.nowMilliseconds });
    return { ...headers, 'webhook-signature': `${before}${headers['webhook-signature']}` };
  }

  elsewhere(path: string): Promise<Answer> {
    const body = bytesOf(this.paid());
    return this.system.request('POST', path, { body, headers: this.headersOf(body) });
  }

  async bookings(): Promise<number> {
    const { transactionId } = this.payment;
    const found = await Promise.all([
      this.system.donations({ gateway: 'midtrans', paymentId: transactionId }),
      this.system.donations({ gateway: 'partner:kitabisa', paymentId: this.gift.paymentId }),
    ]);
    return found.flat().length;
  }
}

/** Sends, waits, checks that the books are as before, and hands back what was put in quarantine meanwhile. */
export async function withoutBooking(
  system: System,
  nowMilliseconds: number,
  send: Send,
): Promise<{ answer: Answer; kept: QuarantineItem[] }> {
  const from = new Sender(system, nowMilliseconds);
  const [before, quarantine] = await Promise.all([provenBalances(system), system.quarantine()]);
  const answer = await send(from);
  await system.settle();
  expect(await from.bookings()).toBe(0);
  expect(await provenBalances(system)).toEqual(before);
  const known = new Set(quarantine.map(({ quarantineId }) => quarantineId));
  return { answer, kept: (await system.quarantine()).filter(({ quarantineId }) => !known.has(quarantineId)) };
}

/** An unknown field fills the body up to that many bytes. */
export function padded(document: object, bytes: number): Buffer {
  const empty = bytesOf({ ...document, padding: '' }).length;
  return bytesOf({ ...document, padding: 'x'.repeat(bytes - empty) });
}
