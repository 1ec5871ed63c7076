import { describe, expect, it } from 'vitest';
import { readGeneralSettlement } from '../../../shared/statements/general-settlement.ts';
import type { ReadLine } from '../../../shared/statements/statement.ts';
import { collected } from '../../support/collected.ts';

const read = (...lines: readonly string[]): Promise<ReadLine[]> =>
  collected(readGeneralSettlement('midtrans', [Buffer.from(lines.join('\n'))]));
const HEADER = 'payment_id,kind,amount,fee,settled_at,payout_id,refund_id';
const AT = '2026-11-30T10:00:00+07:00';

describe('a settlement in the general form', () => {
  it('tells payments, refunds and chargebacks under the keys their webhooks have', async () => {
    const lines = await read(
      HEADER,
      `trx-1,,50000,1500,${AT},PO-1,`,
      `trx-1,refund,-20000,0,${AT},PO-1,r-1`,
      `trx-2,chargeback,"Rp30,000",0,${AT},PO-1,c-1`,
    );
    expect(lines).toMatchObject([
      {
        row: {
          kind: 'paid',
          effectKey: 'midtrans:trx-1:paid',
          amountRupiah: 50_000,
          feeRupiah: 1_500,
          payoutId: 'PO-1',
        },
      },
      { row: { kind: 'refunded', effectKey: 'midtrans:trx-1:refund:r-1', amountRupiah: 20_000, feeRupiah: 0 } },
      { row: { kind: 'charged_back', effectKey: 'midtrans:trx-2:chargeback:c-1', amountRupiah: 30_000 } },
    ]);
  });

  it('knows the titles gateways use', async () => {
    const lines = await read(
      'Transaction ID,Gross_Amount,MDR,Settlement_Time,Order_ID',
      `trx-1,50000,1500,${AT},GNL-1`,
    );
    expect(lines).toMatchObject([{ row: { paymentId: 'trx-1', orderReference: 'GNL-1', payoutId: null } }]);
  });

  it.each([
    ['an id a spreadsheet changed', `1.5E+15,,50000,0,${AT},,`, 'payment_id', 'id_mangled'],
    ['no amount', `trx,,,0,${AT},,`, 'amount', 'amount_missing'],
    ['less than nothing paid', `trx,,-5,0,${AT},,`, 'amount', 'amount_invalid'],
    ['a fee beyond the amount', `trx,,50,60,${AT},,`, 'fee', 'fee_exceeds_amount'],
    ['a kind nobody knows', `trx,gift,50,0,${AT},,`, 'kind', 'field_invalid'],
    ['a refund without its number', `trx,refund,50,0,${AT},,`, 'refund_id', 'field_missing'],
    ['no time', 'trx,,50,0,,,', 'settled_at', 'field_missing'],
  ])('with %s is told by line and column, and the next line is read', async (_name, line, column, reason) => {
    const lines = await read(HEADER, line, `good,,1000,0,${AT},,`);
    expect(lines).toMatchObject([{ fault: { line: 2, column, reason } }, { row: { paymentId: 'good' } }]);
  });

  it('in another currency is no rupiah', async () => {
    const lines = await read('payment_id,amount,fee,settled_at,currency', `trx,50,0,${AT},USD`);
    expect(lines).toMatchObject([{ fault: { column: 'currency', reason: 'currency_not_idr' } }]);
  });
});
