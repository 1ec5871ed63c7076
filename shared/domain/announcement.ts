/**
 * Payments whose channel says that they were paid before anybody knows how many rupiah that is: marketplaces, donors'
 * foreign currency. They are announced, not booked; a statement books them later, or had booked them already (I5).
 */
import type { CanonicalEvent } from './canonical-event.ts';
import type { Donation } from './donation.ts';

/** An announcement is an effect of its own: `…:paid` stays free for the event that brings the money (I4). */
export function asAnnounced(event: CanonicalEvent): CanonicalEvent {
  const isAnnouncement = event.kind === 'paid' && event.amountRupiah === null;
  return isAnnouncement ? { ...event, effectKey: `${event.effectKey}:announced` } : event;
}

/** Paid as its channel says, with an amount still to come; not where the channel cancelled it meanwhile. */
export function awaitsAmount({ announced, status, claims }: Donation): boolean {
  return announced === true && status !== 'paid' && !Object.values(claims).some(({ kind }) => kind === 'voided');
}
