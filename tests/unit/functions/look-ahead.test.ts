import { describe, expect, it, vi } from 'vitest';
import { lookAhead } from '../../../functions/record-payment/look-ahead.ts';
import { donationIdOf } from '../../../shared/domain/ids.ts';
import type { PaymentMessage } from '../../../shared/messages.ts';
import type { StoredDonation } from '../../../shared/store/donations.ts';
import type { Pledge } from '../../../shared/store/pledges.ts';
import { eventOf } from '../../support/events.ts';

const messageOf = (...events: unknown[]) => ({ events }) as unknown as PaymentMessage;
const first = eventOf('paid', 100_000, { paymentId: 'p1' });
const second = { ...eventOf('paid', 50_000, { paymentId: 'p2' }), orderReference: 'o2' };
const idOf = ({ gateway, paymentId }: typeof first) => donationIdOf(gateway, paymentId);
const stored = (version: number) => ({ version }) as StoredDonation;
const pledge = { orderReference: 'o2' } as Pledge;

async function lookedAhead() {
  const fromTable = { readDonation: vi.fn(async () => stored(2)), readPledge: vi.fn(async () => null) };
  const atOnce = {
    readDonations: vi.fn(async () => new Map([[idOf(first), stored(1)]])),
    readPledges: vi.fn(async () => new Map([['o2', pledge]])),
  };
  const books = await lookAhead([messageOf(first, first), messageOf(second), messageOf()], fromTable, atOnce);
  return { books, fromTable, atOnce };
}

describe('the payments of one batch', () => {
  it('have their donations and pledges read at once, each once', async () => {
    const { atOnce } = await lookedAhead();
    expect(atOnce.readDonations.mock.calls).toEqual([[[idOf(first), idOf(second)]]]);
    expect(atOnce.readPledges.mock.calls).toEqual([[['o2']]]);
  });

  it('find what was read, also that there is nothing', async () => {
    const { books, fromTable } = await lookedAhead();
    expect(await books.readDonation(idOf(first))).toEqual(stored(1));
    expect(await books.readDonation(idOf(second))).toBeNull();
    expect([await books.readPledge('o2'), await books.readPledge('o2')]).toEqual([pledge, pledge]);
    expect(fromTable.readDonation).not.toHaveBeenCalled();
    expect(fromTable.readPledge).not.toHaveBeenCalled();
  });

  it('ask the table for what was not read, and for a donation that may have been written since', async () => {
    const { books, fromTable } = await lookedAhead();
    await books.readDonation(idOf(first));
    expect(await books.readDonation(idOf(first))).toEqual(stored(2));
    await books.readDonation(donationIdOf('midtrans', 'another'));
    expect(fromTable.readDonation).toHaveBeenCalledTimes(2);
    await books.readPledge('another');
    expect(fromTable.readPledge.mock.calls).toEqual([['another']]);
  });
});
