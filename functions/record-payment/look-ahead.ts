/** What the payments of one batch will ask of the books, read for all of them at once. */
import { type DonationId, donationIdOf } from '../../shared/domain/ids.ts';
import type { PaymentMessage } from '../../shared/messages.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Pledge } from '../../shared/store/pledges.ts';
import type { RecordPaymentDependencies } from './record-payment.ts';

export interface LookAheadDependencies {
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<ReadonlyMap<DonationId, StoredDonation>>;
  readonly readPledges: (orderReferences: readonly string[]) => Promise<ReadonlyMap<string, Pledge>>;
}

export type BooksRead = Pick<RecordPaymentDependencies, 'readDonation' | 'readPledge'>;

/**
 * @returns readers that answer from what was read, and from the table where they must: a donation is given out once,
 * because whoever asks for it again does so after a write
 */
export async function lookAhead(
  messages: readonly PaymentMessage[],
  books: BooksRead,
  { readDonations, readPledges }: LookAheadDependencies,
): Promise<BooksRead> {
  const events = messages.flatMap((message) => message.events);
  const unseen = new Set(events.map(({ gateway, paymentId }) => donationIdOf(gateway, paymentId)));
  const named = new Set(events.flatMap(({ orderReference }) => orderReference ?? []));
  const [donations, pledges] = await Promise.all([readDonations([...unseen]), readPledges([...named])]);
  return {
    readDonation: async (donationId) =>
      unseen.delete(donationId) ? (donations.get(donationId) ?? null) : books.readDonation(donationId),
    readPledge: async (orderReference) =>
      named.has(orderReference) ? (pledges.get(orderReference) ?? null) : books.readPledge(orderReference),
  };
}
