import { describe, expect, it } from 'vitest';
import { partner } from '../../../shared/gateways/partner.ts';
import type { PartnerSecrets } from '../../../shared/settings.ts';
import { type RemittanceOptions, readRemittance } from '../../../shared/statements/remittance.ts';
import { differingTotals, NO_TOTALS, withRow } from '../../../shared/statements/totals.ts';
import { collected } from '../../support/collected.ts';
import { PARTNER_SECRET, partnerBody, partnerMessage } from '../gateways/signing.ts';
import { VECTORS } from '../gateways/vectors.ts';

const HEADER = 'payment_id,paid_at,amount,fee,currency,kind,donor_name';

async function read(content: string, options?: RemittanceOptions) {
  const items = await collected(readRemittance('kitabisa', [Buffer.from(content)], options));
  return {
    rows: items.flatMap((item) => (item.ok ? [item.row] : [])),
    faults: items.flatMap((item) => (item.ok ? [] : [[item.fault.line, item.fault.column, item.fault.reason]])),
  };
}
const lines = (...rest: string[]) => [HEADER, ...rest].join('\n');

describe('a partner’s remittance', () => {
  it('is read as its manifest says', async () => {
    const manifest = VECTORS.find(({ name }) => name === 'remittance manifest for a CSV file') as unknown as {
      file: { content: string };
      body: string;
    };
    const [stated] = JSON.parse(manifest.body).data.files;
    const { rows, faults } = await read(manifest.file.content, { payoutId: 'KB-2026-11-19' });
    expect(faults).toEqual([]);
    expect(rows[0]).toEqual({
      line: 2,
      gateway: 'partner:kitabisa',
      kind: 'paid',
      paymentId: 'KB-1',
      effectKey: 'partner:kitabisa:KB-1:paid',
      amountRupiah: 100_000,
      feeRupiah: 5_000,
      occurredAt: '2026-11-19T03:00:00.000Z',
      channel: 'unknown',
      orderReference: null,
      payoutId: 'KB-2026-11-19',
    });
    const totals = rows.reduce(withRow, NO_TOTALS);
    const { gross: grossRupiah, fees: feeRupiah, net: netRupiah } = stated;
    expect(differingTotals({ rows: stated.rows, grossRupiah, feeRupiah, netRupiah }, totals)).toEqual([]);
    expect(JSON.stringify(rows)).not.toContain('Budi');
  });

  it('keys its events as the partner’s webhook does', async () => {
    const secrets: PartnerSecrets = { secrets: [PARTNER_SECRET], fundClass: 'general', toleranceSeconds: 300 };
    const told = (type: string, data: object) =>
      partner('kitabisa').interpret(partnerMessage(partnerBody(type, data as never)), secrets).events[0]!;
    const { rows } = await read(
      [
        `${HEADER},refund_id,campaign,order_reference,channel`,
        'K:1,2026-11-20T14:58:00+07:00,100000,5000,IDR,paid,,,ojek-2026,,gopay',
        'K:1,2026-11-20T14:58:00+07:00,40000,0,IDR,refunded,,rf-1,,ORDER-1,',
        'K:1,2026-11-20T14:58:00+07:00,60000,0,IDR,charged_back,,,,,',
      ].join('\n'),
    );
    const ids = { payment_id: 'K:1' };
    const events = [
      told('donation.paid', ids),
      told('donation.refunded', { ...ids, refund_id: 'rf-1' }),
      told('donation.charged_back', ids),
    ];
    expect(rows.map(({ effectKey }) => effectKey)).toEqual(events.map(({ effectKey }) => effectKey));
    const { line: _line, payoutId: _payout, ...paid } = rows[0]!;
    expect(paid).toEqual(events[0]);
    expect(rows[1]).toMatchObject({ orderReference: 'ORDER-1', feeRupiah: 0 });
  });

  it('says which line and column is at fault, and reads the others', async () => {
    const { rows, faults } = await read(
      lines(
        'KB-1,2026-11-20T10:00:00+07:00,,0,IDR,paid,',
        'KB-2,2026-11-20T10:00:00+07:00,0,0,IDR,paid,',
        'KB-3,2026-11-20T10:00:00+07:00,100,101,IDR,paid,',
        'KB-4,2026-11-20T10:00:00+07:00,100,-1,IDR,paid,',
        'KB-5,2026-11-20T10:00:00+07:00,100,0,USD,paid,',
        'KB-6,2026-11-20T10:00:00+07:00,100,0,IDR,gift,',
        'KB-7,2026-11-20T10:00:00+07:00,100,0,IDR,,',
        'KB-8,,100,0,IDR,paid,',
        '1.23457E+15,2026-11-20T10:00:00+07:00,100,0,IDR,paid,',
        'KB-9,2026-11-20T10:00:00+07:00,100,0,IDR,paid,Budi,Santoso',
        'KB-10,2026-11-20T10:00:00+07:00,100,0,IDR,refunded,',
      ),
    );
    expect(faults).toEqual([
      [2, 'amount', 'amount_missing'],
      [3, 'amount', 'amount_invalid'],
      [4, 'fee', 'fee_exceeds_amount'],
      [5, 'fee', 'amount_invalid'],
      [6, 'currency', 'currency_not_idr'],
      [7, 'kind', 'field_invalid'],
      [8, 'kind', 'field_missing'],
      [9, 'paid_at', 'field_missing'],
      [10, 'payment_id', 'id_mangled'],
      [11, null, 'line_malformed'],
    ]);
    expect(rows.map(({ effectKey }) => effectKey)).toEqual(['partner:kitabisa:KB-10:refund:remittance']);
  });

  it('whose ids lost their leading zeros is found out where their shape is known', async () => {
    const file = lines(
      '00123,2026-11-20T10:00:00+07:00,100,0,IDR,paid,',
      '124,2026-11-20T10:00:00+07:00,100,0,IDR,paid,',
    );
    const { rows, faults } = await read(file, { idShape: /^\d{5}$/ });
    expect([rows.map(({ paymentId }) => paymentId), faults]).toEqual([['00123'], [[3, 'payment_id', 'id_mangled']]]);
  });

  it('without its columns is refused', async () => {
    await expect(read('payment_id,amount\n1,2\n')).rejects.toMatchObject({ reason: 'columns_unknown' });
  });
});
