import { describe, expect, it } from 'vitest';
import { xenditList } from '../../../shared/adapters/payment-list-xendit.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import { asOneOfSeveralNames } from '../../../shared/gateways/several-names.ts';
import { listedPayment } from '../../../shared/gateways/xendit-transactions.ts';
import { eventOf } from '../../support/events.ts';

const ITEM = {
  id: 'txn_1',
  product_id: 'py-1',
  type: 'PAYMENT',
  status: 'SUCCESS',
  channel_code: 'ID_SHOPEEPAY',
  reference_id: 'DON-1',
  currency: 'IDR',
  amount: 100_000,
  net_amount: 99_000,
  cashflow: 'MONEY_IN',
  settlement_status: 'SETTLED',
  created: '2026-12-01T09:59:00Z',
  updated: '2026-12-01T10:01:00Z',
  fee: { xendit_fee: 1_000, status: 'COMPLETED' },
  product_data: { payment_request_id: 'pr-1' },
};
const thrown = (item: object) => {
  try {
    return listedPayment({ ...ITEM, ...item });
  } catch (error) {
    return error;
  }
};

describe('a payment in Xendit’s list', () => {
  it('is the payment its webhook tells of, with its fee and all its names', () => {
    expect(listedPayment(ITEM)).toMatchObject({
      feeRupiah: 1_000,
      isSettled: true,
      event: {
        kind: 'paid',
        paymentId: 'py-1',
        effectKey: 'xendit:py-1:paid',
        amountRupiah: 100_000,
        orderReference: 'DON-1',
        channel: 'ID_SHOPEEPAY',
        occurredAt: '2026-12-01T09:59:00.000Z',
        otherIds: ['pr-1'],
        side: 'channel',
      },
    });
    const invoiceId = '65fc7522ff846905c2fc1c8d';
    expect(listedPayment({ ...ITEM, product_id: invoiceId, product_data: null })?.event).toMatchObject({
      side: 'invoice',
      otherIds: [],
    });
  });

  it('of a code that is paid again and again is one by itself', () => {
    const event = listedPayment({ ...ITEM, product_data: { reusable_payment_link_id: 'rpl-1' } })?.event;
    expect(event).not.toHaveProperty('side');
    expect(event).not.toHaveProperty('otherIds');
  });

  it('has no fee yet while that is being worked out, or where no net amount is told', () => {
    expect(listedPayment({ ...ITEM, fee: { status: 'PENDING' } })?.feeRupiah).toBeNull();
    expect(listedPayment({ ...ITEM, net_amount: undefined })?.feeRupiah).toBeNull();
    expect(listedPayment({ ...ITEM, net_amount: 0 })?.feeRupiah).toBe(100_000);
  });

  it('is settled early or in time, and not before', () => {
    const settled = (settlement_status: unknown) => listedPayment({ ...ITEM, settlement_status })?.isSettled;
    expect(['SETTLED', 'EARLY_SETTLED', 'PENDING', null].map(settled)).toEqual([true, true, false, false]);
  });

  it('that was voided or reversed is undone, and one that failed or waits tells nothing', () => {
    for (const status of ['VOIDED', 'REVERSED'])
      expect(listedPayment({ ...ITEM, status })).toMatchObject({
        event: { kind: 'failed', voidsPayment: true, effectKey: 'xendit:py-1:void' },
      });
    for (const status of ['PENDING', 'FAILED', 'NEW']) expect(listedPayment({ ...ITEM, status })).toBeUndefined();
  });

  it('that cannot be read names the field', () => {
    expect(thrown({ net_amount: 100_001 })).toMatchObject({ reason: 'amount_invalid', field: 'net_amount' });
    expect(thrown({ amount: 10.5 })).toMatchObject({ reason: 'amount_has_sen' });
    expect(thrown({ currency: 'SGD' })).toMatchObject({ reason: 'currency_not_idr' });
    expect(thrown({ product_id: null })).toMatchObject({ field: 'product_id' });
  });
});

describe('the list', () => {
  const window = {
    from: '2026-12-01T00:00:00.000Z' as Instant,
    until: '2026-12-02T00:00:00.000Z' as Instant,
    after: null,
  };
  const secrets = { callbackTokens: ['t'], apiKeys: ['key'], statusApi: 'https://api.test' };
  const refund = {
    id: 'rfd-1',
    payment_id: 'py-1',
    amount: 20_000,
    currency: 'IDR',
    status: 'SUCCEEDED',
    created: ITEM.created,
    updated: ITEM.updated,
  };

  function listOf(answers: Readonly<Record<string, { status?: number; body: unknown }>>) {
    const asked: URL[] = [];
    const fetch = (async (address: string) => {
      const url = new URL(address);
      asked.push(url);
      const { status = 200, body } = answers[url.pathname] ?? { status: 404, body: {} };
      return new Response(JSON.stringify(body), { status });
    }) as typeof globalThis.fetch;
    return { asked, list: xenditList(secrets, { fetch })! };
  }

  it('is read by what changed in a window, page by page', async () => {
    const { asked, list } = listOf({ '/transactions': { body: { has_more: true, data: [ITEM], links: [] } } });
    expect(await list.page(window)).toMatchObject({ items: [{ state: 'told' }], next: 'txn_1' });
    const query = asked[0]!.searchParams;
    expect([query.get('updated[gte]'), query.get('updated[lte]')]).toEqual([window.from, window.until]);
    expect(query.getAll('types')).toEqual(['PAYMENT', 'REFUND', 'CHARGEBACK']);
    expect(query.get('after_id')).toBeNull();
    await list.page({ ...window, after: 'txn_1' });
    expect(asked[1]!.searchParams.get('after_id')).toBe('txn_1');
  });

  it('asks for what a refund is of, and tells of one it cannot learn about', async () => {
    const items = [
      { ...ITEM, id: 'txn_2', type: 'REFUND', product_id: 'rfd-1' },
      { ...ITEM, id: 'txn_3', type: 'REFUND', product_id: 'rfd-unknown' },
      { ...ITEM, id: 'txn_4', type: 'REFUND', product_id: 'rfd-pending', status: 'PENDING' },
      { ...ITEM, id: 'txn_5', amount: 'much', updated: 'some day' },
    ];
    const { list } = listOf({
      '/transactions': { body: { has_more: false, data: items } },
      '/refunds/rfd-1': { body: refund },
    });
    const page = await list.page(window);
    expect(page.next).toBeNull();
    expect(page.items).toMatchObject([
      { state: 'told', event: { kind: 'refunded', paymentId: 'py-1', effectKey: 'xendit:py-1:refund:rfd-1' } },
      { state: 'unreadable', listedId: 'txn_3', reason: 'not_confirmable' },
      { state: 'unreadable', listedId: 'txn_5', reason: 'amount_invalid' },
    ]);
  });

  it('that does not answer is asked again another time; without an address there is none', async () => {
    const { list } = listOf({ '/transactions': { status: 500, body: {} } });
    await expect(list.page(window)).rejects.toMatchObject({ reason: 'status_unavailable' });
    const { list: without } = listOf({
      '/transactions': { body: { data: [{ ...ITEM, type: 'REFUND', product_id: 'rfd-1' }] } },
      '/refunds/rfd-1': { status: 503, body: {} },
    });
    await expect(without.page(window)).rejects.toMatchObject({ reason: 'status_unavailable' });
    expect(xenditList({ ...secrets, statusApi: null })).toBeNull();
  });
});

it('what names a payment of another gateway has one name', () => {
  const event = eventOf('paid', 100_000);
  expect(asOneOfSeveralNames(event)).toBe(event);
  const ofXendit = { ...event, gateway: 'xendit', orderReference: 'DON-1' };
  expect(asOneOfSeveralNames(ofXendit)).toMatchObject({ otherIds: [], side: 'channel' });
  expect(asOneOfSeveralNames({ ...ofXendit, kind: 'refunded' })).not.toHaveProperty('side');
});
