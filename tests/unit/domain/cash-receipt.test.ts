import { describe, expect, it } from 'vitest';
import {
  assertReceived,
  type CashReceipt,
  classOfReceipt,
  decide,
  eventOfReceipt,
  operatorIdOf,
  readOffice,
  readReceiptNumber,
} from '../../../shared/domain/cash-receipt.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { rupiah } from '../../../shared/domain/money.ts';

const [maker, checker, other] = ['Rina', 'Budi', 'Tono'].map((name) => operatorIdOf({ name }));
const at = '2026-12-01T03:00:00.000Z' as Instant;
const later = '2026-12-02T03:00:00.000Z' as Instant;
const entered: CashReceipt = {
  office: 'surakarta',
  number: 'KW-1',
  receivedOn: '2026-11-30' as CivilDate,
  amountRupiah: rupiah(50_400),
  channel: 'cash',
  fundClass: 'zakat',
  orderReference: null,
  state: 'entered',
  enteredBy: maker!,
  enteredAt: at,
  decidedBy: null,
  decidedAt: null,
  rejection: null,
};
const approve = { kind: 'approve' } as const;
const reject = { kind: 'reject', rejection: 'money_missing' } as const;

describe('a receipt', () => {
  it('is approved by somebody else than who entered it', () => {
    expect(decide(entered, approve, checker!, later)).toEqual({
      ...entered,
      state: 'approved',
      decidedBy: checker,
      decidedAt: later,
    });
  });

  it.each([approve, reject])('is not decided by who entered it: %o', (decision) => {
    expect(() => decide(entered, decision, maker!, later)).toThrow(
      expect.objectContaining({ reason: 'maker_is_checker' }),
    );
  });

  it('is rejected with a reason', () => {
    expect(decide(entered, reject, checker!, later)).toMatchObject({ state: 'rejected', rejection: 'money_missing' });
  });

  it('decided once more the same way stays as it is, the first checker kept', () => {
    const approved = decide(entered, approve, checker!, later);
    expect(decide(approved, approve, other!, at)).toBe(approved);
  });

  it('decided once is not decided the other way', () => {
    const rejected = decide(entered, reject, checker!, later);
    const approved = decide(entered, approve, checker!, later);
    const isDecided = expect.objectContaining({ reason: 'receipt_decided' });
    expect(() => decide(rejected, approve, other!, later)).toThrow(isDecided);
    expect(() => decide(approved, reject, other!, later)).toThrow(isDecided);
  });

  it('is a payment under its office and number', () => {
    expect(eventOfReceipt(entered)).toEqual({
      gateway: 'receipt:surakarta',
      kind: 'paid',
      paymentId: 'KW-1',
      effectKey: 'receipt:surakarta:KW-1:paid',
      amountRupiah: 50_400,
      feeRupiah: 0,
      orderReference: null,
      occurredAt: '2026-11-29T17:00:00.000Z',
      channel: 'cash',
      fundClass: 'zakat',
    });
  });

  it('is of a day that has come', () => {
    const today = '2026-12-01' as CivilDate;
    expect(() => assertReceived(today, today)).not.toThrow();
    expect(() => assertReceived('2026-12-02' as CivilDate, today)).toThrow(
      expect.objectContaining({ reason: 'field_invalid', field: 'receivedOn' }),
    );
  });
});

describe('the class of a receipt', () => {
  it.each([
    [null, null, 'general'],
    ['zakat', null, 'zakat'],
    [null, 'csr', 'csr'],
    ['zakat', 'zakat', 'zakat'],
  ] as const)('that says %s of a pledge of %s is %s', (said, pledged, expected) => {
    expect(classOfReceipt(said, pledged)).toBe(expected);
  });

  it.each([
    ['general', 'zakat'],
    ['zakat', 'csr'],
  ] as const)('%s never goes to a pledge of %s', (said, pledged) => {
    expect(() => classOfReceipt(said, pledged)).toThrow(expect.objectContaining({ field: 'fundClass' }));
  });
});

describe('what is written down', () => {
  it.each([
    ['kw-1', 'KW-1'],
    [' 001/kw/XI/2026 ', '001-KW-XI-2026'],
    ['A 7', 'A-7'],
    ['007', '007'],
  ])('number %j is %s', (text, number) => {
    expect(readReceiptNumber(text)).toBe(number);
  });

  it.each(['a#1', '-1', 'x'.repeat(41), 'A:1'])('number %j is refused', (text) => {
    expect(() => readReceiptNumber(text)).toThrow(expect.objectContaining({ reason: 'field_invalid' }));
  });

  it('no number is missing', () => {
    expect(() => readReceiptNumber(' ')).toThrow(expect.objectContaining({ reason: 'field_missing' }));
  });

  it('an office is a plain name', () => {
    expect(readOffice(' Surakarta ')).toBe('surakarta');
    expect(() => readOffice('jawa/solo')).toThrow(expect.objectContaining({ field: 'office' }));
  });
});

describe('an operator', () => {
  it('is the same under a new token, and told from others', () => {
    expect(operatorIdOf({ name: ' Rina ' })).toBe(operatorIdOf({ name: 'rina' }));
    expect(new Set([maker, checker, operatorIdOf({ token: 'a' }), operatorIdOf({ token: 'b' })]).size).toBe(4);
  });

  it('is written down as a digest', () => {
    expect(maker).toMatch(/^opr_[0-9a-f]{20}$/);
  });
});
