/** Banks and wallets by SNAP BI: we are their server, from the token to the cover that is bought. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  askForToken,
  BANK,
  type BankCall,
  BRI,
  bankCalls,
  SNAP_CONFIGURATION,
  virtualAccountPayment,
  walletCalls,
  walletPayment,
} from './support/bank.ts';
import { expectAddsUp, provenBalances } from './support/books.ts';
import { filesBesideTables, scanTables } from './support/data-folder.ts';
import { importRoster, people, roster } from './support/roster.ts';
import { CONFIGURATION, describeEmbedded, type System, startSystem } from './support/system.ts';

const VA_PAYMENT = '/v1.0/transfer-va/payment';
const DEBIT = '/v1.0/debit/notify';

describeEmbedded('a system that banks call by SNAP', () => {
  let system: System;
  let now = 0;
  let token = '';

  beforeAll(async () => {
    system = await startSystem({
      configuration: { gateways: { ...CONFIGURATION.gateways, snap: SNAP_CONFIGURATION } },
    });
    now = await system.nowMilliseconds();
    await importRoster(system, roster(people(7_000, 6)));
    await system.settle();
    const answer = await askForToken(system, now);
    expect(answer).toMatchObject({
      status: 200,
      body: { responseCode: '2007300', tokenType: 'Bearer', expiresIn: '900' },
    });
    token = answer.body.accessToken ?? '';
  });
  afterAll(() => system.stop());

  const paid = (paymentRequestId: string, given: object = {}, amountRupiah = 50_400): BankCall => ({
    path: VA_PAYMENT,
    document: virtualAccountPayment(paymentRequestId, amountRupiah, given),
    atMilliseconds: now,
  });
  const nothingOf = async (gateway: string, paymentId: string) =>
    expect(await system.donations({ gateway, paymentId })).toEqual([]);

  it('books the virtual account of a pledge and buys cover with it', async () => {
    const donor = { kind: 'corporate', name: 'PT Contoh', email: 'csr@contoh.example', language: 'id' };
    const { body: pledge } = await system.pledge({ donor, workers: 2 });
    const call = paid('va-pledge', { trxId: pledge.orderReference }, pledge.amountRupiah);
    const answer = await bankCalls(system, call, token);
    expect(answer).toMatchObject({
      status: 200,
      contentType: 'application/json',
      body: {
        responseCode: '2002500',
        virtualAccountData: { virtualAccountNo: '  0888991234567890', trxId: pledge.orderReference },
      },
    });
    expect(answer.headers.get('x-timestamp')).toMatch(/^2026-12-01T08:00:\d\d\+07:00$/);
    await system.settle();
    const donation = await system.donationOf('snap:BANK1', 'va-pledge');
    expect(donation).toMatchObject({
      pledgeId: pledge.pledgeId,
      state: 'allocated',
      receivedRupiah: pledge.amountRupiah,
    });
    expect(await system.covers({ donationId: donation.donationId })).toHaveLength(2);
    expectAddsUp(donation);
  });

  it('books what comes again once, and answers it as before', async () => {
    const call = { ...paid('va-again'), externalId: '202612010000000001' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => bankCalls(system, call, token)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    await system.settle();
    expect(await system.donationOf('snap:BANK1', 'va-again')).toMatchObject({ receivedRupiah: 50_400 });
  });

  it('takes calls at the registered path as at the signed one', async () => {
    const base = '/webhooks/snap/BANK1';
    const answer = await askForToken(system, now, BANK, base);
    expect(answer.status).toBe(200);
    expect(await bankCalls(system, { ...paid('va-named'), base }, answer.body.accessToken ?? '')).toMatchObject({
      status: 200,
    });
    await system.settle();
    expect(await system.donationOf('snap:BANK1', 'va-named')).toMatchObject({ receivedRupiah: 50_400 });
  });

  it('books what BRI tells at a path of its own, in hex and with a bare amount', async () => {
    const { body } = await askForToken(system, now, BRI);
    const document = virtualAccountPayment('bri-1', 0, {
      paidAmount: undefined,
      additionalInfo: { paymentAmount: '50400' },
    });
    const call = { path: '/v1.0/transfer-va/notify-payment-intrabank', document, atMilliseconds: now };
    const answer = await bankCalls(system, call, body.accessToken ?? '', BRI);
    expect(answer).toMatchObject({ status: 200, body: { responseCode: '2003400' } });
    // A token is its holder's alone.
    expect(await bankCalls(system, call, token, BRI)).toMatchObject({ status: 401, body: { responseCode: '4013401' } });
    await system.settle();
    expect(await system.donationOf('snap:BRI', 'bri-1')).toMatchObject({ receivedRupiah: 50_400 });
  });

  it('books a wallet’s payment signed with its own key, and what went back of it', async () => {
    const tell = async (status: string, additionalInfo = {}) => {
      const document = walletPayment('wallet-1', 100_000, status, additionalInfo);
      const answer = await walletCalls(system, { path: DEBIT, document, atMilliseconds: now });
      expect(answer).toMatchObject({ status: 200, body: { responseCode: '2005600' } });
      await system.settle();
    };
    await tell('00');
    await tell('03');
    expect(await system.donationOf('snap:WALLET', 'wallet-1')).toMatchObject({
      receivedRupiah: 100_000,
      refundedRupiah: 0,
    });
    const refund = { refundNo: 'r-1', refundStatus: '00', refundAmount: { value: '30000.00', currency: 'IDR' } };
    await tell('04', { refundHistory: [refund] });
    await tell('04', { refundHistory: [refund] });
    const donation = await system.donationOf('snap:WALLET', 'wallet-1');
    expect(donation).toMatchObject({ receivedRupiah: 100_000, refundedRupiah: 30_000 });
    expectAddsUp(donation);
  });

  describe('refuses, and books nothing of', () => {
    it.each([
      [
        'a wrong secret',
        'forged-1',
        (call: BankCall) => bankCalls(system, call, token, { ...BANK, secret: 'guessed' }),
        401,
        '4012500',
      ],
      ['a token that is not ours', 'forged-2', (call: BankCall) => bankCalls(system, call, 'made-up'), 401, '4012501'],
      [
        'a call of twenty minutes ago',
        'forged-3',
        (call: BankCall) => bankCalls(system, { ...call, atMilliseconds: now - 1_200_000 }, token),
        400,
        '4002501',
      ],
    ])('%s', async (_, paymentId, send, status, responseCode) => {
      const answer = await send(paid(paymentId));
      expect(answer).toMatchObject({ status, body: { responseCode } });
      await system.settle();
      await nothingOf('snap:BANK1', paymentId);
    });
  });

  it('says that bills are not presented here', async () => {
    const inquiry = { path: '/v1.0/transfer-va/inquiry', document: { virtualAccountNo: '1' }, atMilliseconds: now };
    expect(await bankCalls(system, inquiry, token)).toMatchObject({ status: 404, body: { responseCode: '4042412' } });
    expect((await system.queues()).find(({ name }) => name === 'payments')).toMatchObject({ ready: 0, inFlight: 0 });
  });

  it('holds what cannot be booked, and reads it by its path again when a person releases it', async () => {
    await bankCalls(system, paid('va-sen', { paidAmount: { value: '50400.50', currency: 'IDR' } }), token);
    await system.settle();
    const [held] = (await system.quarantine()).filter(({ reason }) => reason === 'amount_has_sen');
    expect(held).toMatchObject({ state: 'held', source: 'payments', field: 'paidAmount.value' });
    expect((await system.operate('POST', `/api/quarantine/${held?.quarantineId}/release`)).status).toBe(202);
    await system.settle();
    const again = (await system.quarantine()).find(({ quarantineId }) => quarantineId === held?.quarantineId);
    expect(again).toMatchObject({ state: 'held', reason: 'amount_has_sen' });
    await nothingOf('snap:BANK1', 'va-sen');
  });

  it('gives tokens that end after fifteen minutes, and new ones after that', async () => {
    await system.advanceBy('PT16M');
    now = await system.nowMilliseconds();
    expect(await bankCalls(system, paid('va-late'), token)).toMatchObject({
      status: 401,
      body: { responseCode: '4012501' },
    });
    const renewed = (await askForToken(system, now)).body.accessToken ?? '';
    expect(renewed).not.toBe(token);
    expect((await bankCalls(system, paid('va-late'), renewed)).status).toBe(200);
    await system.settle();
    expect(await system.donationOf('snap:BANK1', 'va-late')).toMatchObject({ receivedRupiah: 50_400 });
  });

  it('keeps who paid in the vault, the books whole, and tokens out of the log (I1, I9)', async () => {
    await provenBalances(system);
    const { donorId } = await system.donationOf('snap:BANK1', 'va-late');
    const rows = [...(await scanTables(system)).values()].join('\n');
    expect(donorId).toMatch(/^dnr_/);
    expect(rows).toContain(`DONOR#${donorId}`);
    const files = [...filesBesideTables(system).values()].map(String);
    const told = system.stderr();
    for (const kept of [rows, told, ...files]) expect(kept).not.toMatch(/Rinjaniwati|setor\.example/i);
    expect(told).not.toContain(token);
  });
});
