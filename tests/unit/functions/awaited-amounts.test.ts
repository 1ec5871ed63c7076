import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RecordPaymentDependencies, recordPayment } from '../../../functions/record-payment/record-payment.ts';
import type { CanonicalEvent, DonorContact } from '../../../shared/domain/canonical-event.ts';
import { unrestrictedFund } from '../../../shared/domain/fund.ts';
import type { QuarantineId } from '../../../shared/domain/ids.ts';
import { type Meter, SILENT_LOG } from '../../../shared/logger.ts';
import type { PaymentMessage } from '../../../shared/messages.ts';
import { bookEvent, isBooked, readDonation } from '../../../shared/store/donations.ts';
import { ensureFund } from '../../../shared/store/funds.ts';
import { findPaymentId, settlePaymentId } from '../../../shared/store/payment-names.ts';
import type { Pledge } from '../../../shared/store/pledges.ts';
import { AT, eventOf } from '../../support/events.ts';
import { messageOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
let donors: DonorContact[];
let counted: string[];
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(() => {
  system.newWorld();
  [donors, counted] = [[], []];
});

const meter: Meter = { count: (name) => void counted.push(name) } as Meter;
const donor = { email: 'donor@example.org' };
const pledge = { pledgeId: 'plg_1', descriptor: unrestrictedFund('general') } as unknown as Pledge;

async function record(event: CanonicalEvent, more: Partial<PaymentMessage> = {}): Promise<void> {
  const dependencies: RecordPaymentDependencies = {
    now: () => AT,
    statusOf: async () => null,
    readDonation,
    readPledge: async () => pledge,
    readSelfPayOrder: async () => null,
    ensureFund,
    isBooked,
    bookEvent,
    findPaymentId,
    settlePaymentId,
    keepUnbooked: async () => undefined,
    passManifest: async () => undefined,
    interpret: async () => ({ events: [event], ignored: false, deliveryKey: '', donor }),
    keepDonor: async (who) => {
      donors.push(who);
      return null;
    },
    log: SILENT_LOG,
    meter,
  };
  await recordPayment({ ...(await messageOf([event])), ...more }, dependencies);
}

const donation = () => {
  const { version: _version, ...row } = system.rows('donation')[0]!;
  return row;
};
const push = eventOf('paid', null, { orderReference: 'o1' });
const statement = eventOf('paid', 400_000, { fee: 12_000, orderReference: 'o1' });

describe('a payment announced without its amount', () => {
  it('is kept with its donor, is no fault, and puts no money in the books', async () => {
    await record(push);
    expect(donation()).toMatchObject({ status: 'pending', announced: true, receivedRupiah: 0 });
    expect([system.rows('ledger'), system.rows('pledge_donation'), donors]).toEqual([[], [], [donor]]);
    expect(counted).toEqual(['PaymentsAnnounced']);
  });

  it('is booked by the statement, in either order, each effect once', async () => {
    for (const event of [push, statement, push, statement]) await record(event);
    const pushFirst = donation();
    expect(pushFirst).toMatchObject({ status: 'paid', receivedRupiah: 400_000, feeRupiah: 12_000 });
    expect(system.rows('ledger')).toHaveLength(1);
    expect(system.rows('pledge_donation')).toHaveLength(1);
    system.newWorld();
    donors = [];
    for (const event of [statement, push]) await record(event);
    expect(donation()).toEqual(pushFirst);
    expect(system.rows('ledger')).toHaveLength(1);
    // A statement names nobody: the push does, though it came last.
    expect(donors.at(-1)).toEqual(donor);
  });
});

describe('money that went back without its amount', () => {
  const refund = eventOf('refunded', null, { effect: 'refund:1' });
  const stated = eventOf('refunded', 100_000, { effect: 'refund:1' });

  it('is held for a statement, which books this very effect', async () => {
    await record(statement);
    await expect(record(refund)).rejects.toMatchObject({ reason: 'amount_awaited' });
    await record(stated);
    expect(donation()).toMatchObject({ refundedRupiah: 100_000 });
    // Released after that, it has nothing left to do.
    await record(refund, { releasedFrom: 'qrt_1' as QuarantineId });
    expect(donation()).toMatchObject({ refundedRupiah: 100_000 });
  });
});
