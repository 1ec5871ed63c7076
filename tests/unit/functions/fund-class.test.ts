import { describe, expect, it } from 'vitest';
import { withFundClass } from '../../../functions/record-payment/fund-class.ts';
import type { PaymentMessage } from '../../../shared/messages.ts';
import { AT, eventOf } from '../../support/events.ts';

const partner = {
  baznas: { secrets: ['whsec_dGVzdA=='], fundClass: 'zakat', toleranceSeconds: 300 },
  kitabisa: { secrets: ['whsec_dGVzdA=='], fundClass: 'general', toleranceSeconds: 300 },
} as const;
const readPartners = async () => ({ partner: structuredClone(partner) as never });

async function classesOf(gateway: string, authority?: 'statement') {
  const message: PaymentMessage = {
    contractVersion: 1,
    gateway,
    deliveryKey: 'file:1:2',
    receivedAt: AT,
    events: [eventOf('paid', 50_000, { gateway })],
    ignored: false,
    sealedBody: { keyId: 'unit', iv: '', data: '' },
    ...(authority ? { authority } : {}),
  };
  const { events } = await withFundClass(message, readPartners);
  return events.map(({ fundClass }) => fundClass);
}

describe('a payment that only a file tells of', () => {
  it('is zakat where its partner gathers zakat', async () => {
    expect(await classesOf('partner:baznas', 'statement')).toEqual(['zakat']);
  });

  it.each(['partner:kitabisa', 'partner:constructor', 'midtrans'])('is of no class of its own: %s', async (gateway) => {
    expect(await classesOf(gateway, 'statement')).toEqual([undefined]);
  });

  it('keeps to the word of its own notice, which the door has read', async () => {
    expect(await classesOf('partner:baznas')).toEqual([undefined]);
  });
});
