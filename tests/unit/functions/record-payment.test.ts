import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RecordPaymentDependencies, recordPayment } from '../../../functions/record-payment/record-payment.ts';
import type { CanonicalEvent, DonorContact } from '../../../shared/domain/canonical-event.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import type { DonorId } from '../../../shared/domain/donor.ts';
import { fundIdOf, unrestrictedFund } from '../../../shared/domain/fund.ts';
import { type CoverId, donationIdOf, type WorkerId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { orderAfter, selfFund } from '../../../shared/domain/self-payment.ts';
import { Permanent, Transient } from '../../../shared/errors.ts';
import { SILENT_LOG, SILENT_METER } from '../../../shared/logger.ts';
import type { FundMessage, PaymentMessage } from '../../../shared/messages.ts';
import type { Confirmation } from '../../../shared/ports/payment-status.ts';
import { bookEvent, isBooked, readDonation } from '../../../shared/store/donations.ts';
import { linksOfDonor } from '../../../shared/store/donor-gifts.ts';
import { Donors } from '../../../shared/store/donors.ts';
import { ensureFund, listFundIds, readFund } from '../../../shared/store/funds.ts';
import { findPaymentId, settlePaymentId } from '../../../shared/store/payment-names.ts';
import type { Pledge } from '../../../shared/store/pledges.ts';
import { putOrder, readSelfPayOrder, selfPaymentsOf } from '../../../shared/store/self-payments.ts';
import { balancesOf } from '../../support/books.ts';
import { AT, eventOf } from '../../support/events.ts';
import { messageOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';
import { memoryVaultKeys } from '../store/memory-vault-keys.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const DONOR_ID = 'dnr_1' as DonorId;

interface Seen {
  readonly sent: FundMessage[];
  readonly unbooked: string[];
  readonly manifests: string[];
  readonly donors: DonorContact[];
}
let seen: Seen;
beforeEach(() => {
  system.newWorld();
  seen = { sent: [], unbooked: [], donors: [], manifests: [] };
});

/** The real books, and outside them whatever a test puts in. */
function withBooks(changes: Partial<RecordPaymentDependencies> = {}): RecordPaymentDependencies {
  return {
    now: () => AT,
    statusOf: async () => null,
    readDonation,
    readPledge: async () => null,
    readSelfPayOrder,
    ensureFund,
    isBooked,
    bookEvent,
    findPaymentId,
    settlePaymentId,
    keepUnbooked: async (_message, reason) => void seen.unbooked.push(reason),
    passManifest: async (message) => void seen.manifests.push(message.gateway),
    interpret: async () => ({ events: [], ignored: false, deliveryKey: '', donor: null }),
    keepDonor: async (donor) => {
      seen.donors.push(donor);
      return donor.email ? DONOR_ID : null;
    },
    log: SILENT_LOG,
    meter: SILENT_METER,
    ...changes,
  };
}

const paid = eventOf('paid', 100_000);
const refund = eventOf('refunded', 30_000, { effect: 'refund:1' });
const record = async (events: CanonicalEvent[], changes: Partial<RecordPaymentDependencies> = {}, more = {}) => {
  const requests = await recordPayment({ ...(await messageOf(events)), ...more } as PaymentMessage, withBooks(changes));
  seen.sent.push(...requests.map(({ message }) => message));
};
const donation = () => system.rows('donation')[0];
const says = (...events: CanonicalEvent[]) => ({
  statusOf: async () => ({ confirm: async (): Promise<Confirmation> => ({ known: true, events }) }),
});

describe('a payment on the word of a statement', () => {
  it('is booked, though nobody is asked and nobody is named', async () => {
    const asks = vi.fn(async () => null);
    await record([paid], { statusOf: asks }, { authority: 'statement', releasedFrom: 'qrt_1' });
    expect(donation()).toMatchObject({ status: 'paid', receivedRupiah: 100_000 });
    expect(asks).not.toHaveBeenCalled();
    expect(seen.donors).toEqual([]);
  });
});

describe('what a worker pays for the own cover', () => {
  const wanted = {
    workerId: 'wrk_a' as WorkerId,
    coverId: 'cov_a_1' as CoverId,
    package: 'JKK_JKM',
    termMonths: 3,
    amountRupiah: rupiah(50_400),
  } as const;
  const order = orderAfter(null, wanted, AT);
  const payment = eventOf('paid', 50_400, { orderReference: order.orderReference, fee: 4_000 });
  beforeEach(() => putOrder(order, null));

  it('goes into the fund of that worker and period, whole, whatever the channel keeps', async () => {
    await record([payment]);
    const fundId = fundIdOf(selfFund(wanted.workerId, 'JKK_JKM', 3));
    expect(donation()).toMatchObject({
      fundId,
      workerId: 'wrk_a',
      pledgeId: null,
      remainingRupiah: 50_400,
      feeRupiah: 0,
    });
    expect(balancesOf(system)).toMatchObject({ 'fund:self': 50_400, guarantee: -4_000 });
    expect(seen.sent).toMatchObject([{ kind: 'donation', fundId }]);
    expect(await selfPaymentsOf(wanted.workerId)).toEqual([donation()?.donationId]);
    expect(await readFund(fundId)).toMatchObject({ descriptor: { fundClass: 'self', termMonths: 3 } });
    expect(await listFundIds()).toEqual([]);
  });

  it('has no donor: who paid is kept nowhere', async () => {
    await record([payment], {
      interpret: async () => ({ events: [], ignored: false, deliveryKey: '', donor: { email: 'a@example.org' } }),
    });
    expect(seen.donors).toEqual([]);
    expect(donation()).not.toHaveProperty('donorId');
  });

  it('counts after the order expired, and goes back like a gift', async () => {
    await record([payment], { now: () => '2027-11-20T03:00:00.000Z' as Instant });
    await record([eventOf('refunded', 10_400, { effect: 'refund:1', orderReference: order.orderReference })]);
    expect(donation()).toMatchObject({ remainingRupiah: 40_000, refundedRupiah: 10_400, workerId: 'wrk_a' });
  });

  it('is a gift where the channel has another class of money, or where nobody ordered it', async () => {
    await record([{ ...payment, fundClass: 'zakat' }]);
    expect(donation()).toMatchObject({ fundId: 'zakat' });
    await record([{ ...payment, paymentId: 'p2', effectKey: 'e2', orderReference: 'GNS-20260101-0000000000' }]);
    expect(system.rows('donation').map(({ fundId }) => fundId)).toEqual(['zakat', 'general']);
    expect(await selfPaymentsOf(wanted.workerId)).toEqual([]);
  });

  it('is not the worker’s where the payment names another order than the notice before it', async () => {
    await record([eventOf('pending', 50_400, { orderReference: order.orderReference })]);
    await record([{ ...payment, orderReference: 'DON-1' }]);
    expect(donation()).toMatchObject({ fundId: 'general', status: 'paid' });
    expect(donation()).not.toHaveProperty('workerId');
  });
});

describe('a manifest', () => {
  const manifest = { gateway: 'partner:kitabisa', path: '/webhooks/partner/kitabisa/manifest', ignored: true };

  it('goes to those who check files, and is no message that nobody knows', async () => {
    await record([], {}, manifest);
    expect(seen).toMatchObject({ manifests: ['partner:kitabisa'], unbooked: [] });
  });

  it('is one only where a partner sent it to that address', async () => {
    await record([], {}, { ...manifest, path: '/webhooks/partner/kitabisa' });
    await record([], {}, { ...manifest, gateway: 'midtrans' });
    expect(seen).toMatchObject({ manifests: [], unbooked: ['unknown_event_type', 'unknown_event_type'] });
  });
});

describe('a verified payment', () => {
  it('is booked once and its fund is told, however often it comes', async () => {
    await record([paid]);
    await record([paid]);
    expect(donation()).toMatchObject({ status: 'paid', remainingRupiah: 100_000, version: 1 });
    expect(system.rows('ledger')).toHaveLength(1);
    // Told again, for the first time may not have been heard.
    expect(seen.sent).toEqual([
      { contractVersion: 1, kind: 'donation', fundId: 'general', donationId: donation()!.donationId },
      seen.sent[0],
    ]);
  });

  it('that is pending moves nothing and tells nobody', async () => {
    await record([eventOf('pending', 100_000)]);
    expect(donation()).toMatchObject({ status: 'pending', receivedRupiah: 0 });
    expect([seen.sent, system.rows('ledger')]).toEqual([[], []]);
  });

  it('goes to the fund of its pledge, and a zakat channel keeps it zakat', async () => {
    const descriptor = { ...unrestrictedFund('general'), earmark: { region: '33.72' } };
    const readPledge = async () => ({ pledgeId: 'plg_1', descriptor }) as unknown as Pledge;
    await record([{ ...paid, orderReference: 'o1' }], { readPledge });
    expect(donation()).toMatchObject({ pledgeId: 'plg_1', fundId: expect.stringMatching(/^general-/) });
    system.newWorld();
    await record([{ ...paid, orderReference: 'o1', fundClass: 'zakat' }], { readPledge });
    expect(donation()).toMatchObject({ fundId: expect.stringMatching(/^zakat-/) });
  });

  it('decides its own fund, whatever came before it (I5)', async () => {
    const descriptor = { ...unrestrictedFund('csr'), termMonths: 6 };
    const readPledge = async () => ({ pledgeId: 'plg_1', descriptor }) as unknown as Pledge;
    await record([refund]);
    await record([{ ...paid, orderReference: 'o1' }], { readPledge });
    const { fundId } = donation() as { fundId: string };
    expect(fundId).toMatch(/^csr-/);
    expect(balancesOf(system)[`fund:${fundId}`]).toBe(70_000);
  });

  it('whose row somebody else keeps changing is tried again later', async () => {
    await expect(record([paid], { bookEvent: async () => 'stale' })).rejects.toMatchObject({ reason: 'contention' });
  });

  it('is folded again where somebody else wrote its row meanwhile', async () => {
    let isFirst = true;
    const readOnceTooEarly: RecordPaymentDependencies['readDonation'] = async (donationId) => {
      const stored = await readDonation(donationId);
      if (isFirst) {
        isFirst = false;
        await record([refund]);
      }
      return stored;
    };
    await record([paid], { readDonation: readOnceTooEarly });
    expect(donation()).toMatchObject({ receivedRupiah: 100_000, refundedRupiah: 30_000 });
  });
});

describe('what cannot be booked', () => {
  it('takes no effect and names its reason (I4)', async () => {
    const problem = { reason: 'amount_has_sen' as const, field: 'gross_amount' };
    await expect(record([], {}, { problem })).rejects.toThrow(
      new Permanent('amount_has_sen', { field: 'gross_amount' }),
    );
    expect(system.rows()).toEqual([]);
  });

  it('and means nothing to the books is kept', async () => {
    await record([], {}, { ignored: true });
    expect([seen.unbooked, system.rows()]).toEqual([['unknown_event_type'], []]);
  });

  it('is read anew once a person has released it', async () => {
    const problem = { reason: 'field_invalid' as const };
    const interpret = async () => ({ events: [paid], ignored: false, deliveryKey: '', donor: null });
    await record([], { interpret }, { problem, releasedFrom: 'qrt_1' });
    expect(donation()).toMatchObject({ status: 'paid' });
  });
});

describe('a gateway that must be asked', () => {
  it('books its answer, not the notification (decision 6)', async () => {
    await record([paid], says(paid, refund));
    expect(donation()).toMatchObject({ receivedRupiah: 100_000, refundedRupiah: 30_000 });
    await record([paid], {
      statusOf: async () => ({ confirm: () => Promise.reject(new Error('asked again')) }),
    });
  });

  it.each<[string, CanonicalEvent[]]>([
    ['another amount', [{ ...paid, amountRupiah: refund.amountRupiah }]],
    ['that it is pending', [eventOf('pending', 100_000)]],
    ['nothing', []],
  ])('and says %s books nothing', async (_what, events) => {
    await expect(record([paid], says(...events))).rejects.toMatchObject({ reason: 'status_contradiction' });
    expect(system.rows()).toEqual([]);
  });

  it('may say that the money has moved on', async () => {
    const voided = eventOf('failed', 100_000, { effect: 'void', voidsPayment: true });
    await record([paid], says(voided));
    // As if the notice had come in time (I5).
    expect(donation()).toMatchObject({ status: 'paid', receivedRupiah: 100_000, refundedRupiah: 100_000 });
  });

  it('and does not know the payment books nothing', async () => {
    const statusOf = async () => ({ confirm: async () => ({ known: false }) as const });
    await expect(record([paid], { statusOf })).rejects.toMatchObject({ reason: 'not_confirmable' });
  });

  it('and cannot answer now is asked again later', async () => {
    const statusOf = async () => ({ confirm: () => Promise.reject(new Transient('status_unavailable')) });
    await expect(record([paid], { statusOf })).rejects.toBeInstanceOf(Transient);
    expect(system.rows()).toEqual([]);
  });

  it('has its whole answer booked though we die over it (I4)', async () => {
    const dying: typeof bookEvent = async (event, ...others) => {
      if (event.kind === 'refunded') throw new Error('killed');
      return bookEvent(event, ...others);
    };
    await expect(record([paid], { ...says(paid, refund), bookEvent: dying })).rejects.toThrow('killed');
    await record([paid], says(paid, refund));
    expect(donation()).toMatchObject({ receivedRupiah: 100_000, refundedRupiah: 30_000 });
  });
});

describe('who gave', () => {
  const donor = { name: 'Sari', email: 'sari@contoh.example', anonymous: false };
  const interpret = async () => ({ events: [], ignored: false, deliveryKey: '', donor });

  it('goes to the vault with a payment, and not to the books (I9)', async () => {
    await record([paid], { interpret });
    expect(seen.donors).toEqual([donor]);
    expect(donation()).toMatchObject({ donorId: DONOR_ID });
    expect(JSON.stringify(system.rows())).not.toMatch(/sari/i);
  });

  it('is kept once: neither a repeated notice nor a refund brings a donor back', async () => {
    await record([paid], { interpret });
    await record([paid], { interpret });
    await record([refund], { interpret });
    expect(seen.donors).toHaveLength(1);
  });

  it('is nobody where no contact was left', async () => {
    await record([paid], { interpret: async () => ({ ...(await interpret()), donor: { name: 'Sari' } }) });
    expect(donation()).not.toHaveProperty('donorId');
    await record([refund], { interpret });
    expect(donation()).not.toHaveProperty('donorId');
  });

  it('is the donor of the pledge, whoever pays it', async () => {
    const descriptor = unrestrictedFund('general');
    const readPledge = async () => ({ pledgeId: 'plg_1', donorId: 'dnr_2', descriptor }) as unknown as Pledge;
    await record([{ ...paid, orderReference: 'GNL-1' }], { interpret, readPledge });
    expect(donation()).toMatchObject({ donorId: 'dnr_2', pledgeId: 'plg_1' });
    expect(seen.donors).toEqual([]);
    expect(system.rows('donor_link')).toMatchObject([{ pk: 'DONOR#dnr_2', donation: donation()!.donationId }]);
  });

  it('erased leaves the books as they are', async () => {
    const donors = new Donors({ keys: memoryVaultKeys(), identityKey: async () => Buffer.alloc(32, 7), now: () => AT });
    await record([paid], { interpret, keepDonor: (contact) => donors.keepDonor(contact) });
    const donorId = donation()!.donorId as DonorId;
    expect(await donors.readDonor(donorId)).toEqual(donor);
    const before = JSON.stringify(system.rows());
    await donors.eraseDonor(donorId);
    expect(await donors.readDonor(donorId)).toBeNull();
    expect(JSON.stringify(system.rows())).toBe(before);
    expect(await linksOfDonor(donorId)).toEqual({ donations: [donation()!.donationId], pledges: [] });
    expect((await system.prove()).holds).toBe(true);
  });

  it('is not lost where the vault cannot take it at first', async () => {
    let isDown = true;
    const keepDonor: RecordPaymentDependencies['keepDonor'] = async (contact) => {
      if (isDown) throw new Transient('throttled');
      seen.donors.push(contact);
      return DONOR_ID;
    };
    await expect(record([paid], { interpret, keepDonor })).rejects.toBeInstanceOf(Transient);
    isDown = false;
    await record([paid], { interpret, keepDonor });
    expect(seen.donors).toEqual([donor]);
    expect(await readDonation(donationIdOf(paid.gateway, paid.paymentId))).toMatchObject({ dueSince: AT as Instant });
  });
});
