/**
 * The events of a cover, and the cover that follows from them. The row is kept for speed; what happened is in the ledger,
 * in the decisions of the fund's writer and in what operators reported, and replaying these must give the row.
 */
import { type Cover, coverWindow } from './cover.ts';
import { type EndReason, endCover } from './cover-end.ts';
import { type CivilDate, civilDateOf, type Instant } from './dates.ts';
import type { CoverId } from './ids.ts';
import { cohortInGroup } from './lifecycle.ts';
import type { ReasonCode } from './reasons.ts';
import type { PricedMonth } from './tariff.ts';

/** What the fund's writer did to one cover, as its ledger row tells it. */
export interface CoverChange {
  readonly kind: 'release' | 'reprice' | 'adjust' | 'end';
  readonly monthsBefore: readonly PricedMonth[];
  readonly months: readonly PricedMonth[];
  readonly startDate?: CivilDate;
  readonly endsOn?: CivilDate;
  readonly reason?: ReasonCode;
}

export type CoverEvent = { readonly at: Instant } & (
  | { readonly event: 'reserved'; readonly months: readonly PricedMonth[] }
  /** The first month is paid with it. */
  | { readonly event: 'accepted'; readonly startDate: CivilDate }
  | { readonly event: 'rejected'; readonly reason: ReasonCode }
  /** Accepted in another month than planned. */
  | { readonly event: 'repriced'; readonly startDate: CivilDate; readonly months: readonly PricedMonth[] }
  | { readonly event: 'month_paid'; readonly monthNumber: number }
  | { readonly event: 'tariff_adjusted'; readonly months: readonly PricedMonth[] }
  | { readonly event: 'renewed'; readonly by: CoverId }
  | { readonly event: 'claim_opened'; readonly on: CivilDate }
  | { readonly event: 'claim_closed'; readonly on: CivilDate }
  | { readonly event: 'ended'; readonly endsOn: CivilDate; readonly reason: EndReason }
);

/** What is the same all its life. */
export type CoverIdentity = Pick<Cover, 'coverId' | 'anchorDay'> & { readonly group: number };

export type CoverLife = Pick<
  Cover,
  'state' | 'monthsPaid' | 'startDate' | 'endDate' | 'endedOn' | 'cohortId' | 'renewedBy' | 'claimOpenSince'
> & { readonly months: readonly PricedMonth[]; readonly reason?: ReasonCode | undefined };

const RANK: readonly CoverEvent['event'][] = [
  'reserved',
  'accepted',
  'repriced',
  'month_paid',
  'tariff_adjusted',
  'renewed',
  'claim_opened',
  'claim_closed',
  'ended',
  'rejected',
];

/** By time, what was bought before everything; what happened in the same instant, in the order in which a life goes. */
export function inOrder(events: readonly CoverEvent[]): CoverEvent[] {
  const place = ({ at, event }: CoverEvent) => `${event === 'reserved' ? '' : at}#${RANK.indexOf(event)}`;
  return [...events].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** The life of a cover after its events, in any order. */
export function replay(identity: CoverIdentity, events: readonly CoverEvent[]): CoverLife {
  const nothing: CoverLife = { state: 'reserved', months: [], monthsPaid: 0 };
  return inOrder(events).reduce((life, event) => after(identity, life, event), nothing);
}

function after(identity: CoverIdentity, life: CoverLife, event: CoverEvent): CoverLife {
  switch (event.event) {
    case 'reserved':
      return { ...life, months: event.months };
    case 'accepted':
      return placed(identity, { ...life, state: 'active', monthsPaid: 1, startDate: event.startDate });
    case 'repriced': {
      const { startDate, months } = event;
      return placed(identity, { ...life, state: 'active', monthsPaid: 1, startDate, months });
    }
    case 'month_paid':
      return { ...life, monthsPaid: event.monthNumber };
    case 'tariff_adjusted':
      return placed(identity, { ...life, months: event.months });
    case 'rejected':
      return { ...life, state: 'rejected', reason: event.reason };
    case 'renewed':
      return { ...life, renewedBy: event.by };
    case 'claim_opened':
      return { ...life, claimOpenSince: event.on };
    case 'claim_closed': {
      const { claimOpenSince: _closed, ...rest } = life;
      return rest;
    }
    case 'ended':
      return (
        (endCover({ ...identity, ...life } as unknown as Cover, event, civilDateOf(event.at)) as CoverLife) ?? life
      );
  }
}

/** Its dates and its cohort follow from the day it started and the months it has. */
function placed({ anchorDay, group }: CoverIdentity, life: CoverLife): CoverLife {
  if (!life.startDate) return life;
  const { cohortId } = cohortInGroup(life.startDate, life.months.length, group, anchorDay);
  return { ...life, ...coverWindow(life.startDate, life.months.length, anchorDay), cohortId };
}

/** What the books and the operators' reports say of a cover. */
export interface CoverEvidence {
  readonly changes: readonly { readonly at: Instant; readonly change: CoverChange }[];
  readonly payments: readonly { readonly at: Instant; readonly monthNumber: number }[];
  /** Claims of the worker that held this cover. */
  readonly claims: readonly {
    readonly at: Instant;
    readonly event: 'claim_opened' | 'claim_closed';
    readonly on: CivilDate;
  }[];
  /** The cover that goes on from it, once accepted. */
  readonly renewal: { readonly at: Instant; readonly by: CoverId } | null;
}

type Known = Pick<Cover, 'reservedAt' | 'startDate' | 'months'>;

/** All events of a cover. What was bought at first is in the first change of it, or else as it is. */
export function eventsOf({ reservedAt, startDate, months }: Known, evidence: CoverEvidence): CoverEvent[] {
  const [first] = [...evidence.changes].sort((a, b) => (a.at < b.at ? -1 : 1));
  const bought = (first?.change.monthsBefore ?? months).map(({ month, priceRupiah }) => ({ month, priceRupiah }));
  return inOrder([
    { at: reservedAt, event: 'reserved', months: bought },
    ...evidence.payments.map(({ at, monthNumber }) => paymentEvent(at, monthNumber, startDate)),
    ...evidence.changes.map(({ at, change }) => changeEvent(at, change)),
    ...evidence.claims,
    ...(evidence.renewal ? [{ event: 'renewed' as const, ...evidence.renewal }] : []),
  ]);
}

function paymentEvent(at: Instant, monthNumber: number, startDate: CivilDate | undefined): CoverEvent {
  if (monthNumber > 1 || !startDate) return { at, event: 'month_paid', monthNumber };
  return { at, event: 'accepted', startDate };
}

function changeEvent(at: Instant, { kind, months, startDate, endsOn, reason }: CoverChange): CoverEvent {
  switch (kind) {
    case 'release':
      return { at, event: 'rejected', reason: reason as ReasonCode };
    case 'reprice':
      return { at, event: 'repriced', startDate: startDate as CivilDate, months };
    case 'adjust':
      return { at, event: 'tariff_adjusted', months };
    case 'end':
      return { at, event: 'ended', endsOn: endsOn as CivilDate, reason: reason as EndReason };
  }
}

const COMPARED = [
  'state',
  'monthsPaid',
  'startDate',
  'endDate',
  'endedOn',
  'reason',
  'cohortId',
  'renewedBy',
  'claimOpenSince',
] as const;

/** Where the row of a cover says something else than its events, in words; empty where they agree. */
export function differences(cover: Cover, life: CoverLife): string[] {
  const fields = COMPARED.filter((field) => cover[field] !== life[field]);
  const said = fields.map((field) => `${field} ${cover[field] ?? 'none'}, its events ${life[field] ?? 'none'}`);
  const priced = (months: readonly PricedMonth[]) =>
    months.map(({ month, priceRupiah }) => `${month} ${priceRupiah}`).join(', ');
  const [row, replayed] = [priced(cover.months), priced(life.months)];
  return row === replayed ? said : [...said, `months ${row}, its events ${replayed}`];
}
