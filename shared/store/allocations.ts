/** Allocations: covers bought together, the reasons for them, and how far the registrar is with them. */

import type { Purchase } from '../domain/allocation.ts';
import type { Cover } from '../domain/cover.ts';
import type { Instant } from '../domain/dates.ts';
import type { Donation } from '../domain/donation.ts';
import { type Candidate, fundClassOf } from '../domain/fund.ts';
import { type AllocationId, allocationIdOf, type CoverId, digest, shardOf, type WorkerId } from '../domain/ids.ts';
import { ACCOUNTS, ledgerTransaction, move } from '../domain/ledger.ts';
import type { Rupiah } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { coverRow } from './covers.ts';
import { DUE_SHARDS, donationPut, ledgerPut, type StoredDonation } from './donations.ts';
import { dueBefore } from './due.ts';
import { type Fund, joinItems, sequenceUpdate } from './funds.ts';
import { getItem, type TransactItem, transact, updateItem } from './table.ts';

export interface Allocation {
  readonly allocationId: AllocationId;
  readonly state: 'reserved' | 'submitted' | 'answered';
  readonly coverIds: readonly CoverId[];
  readonly madeAt: Instant;
  /** Of every cover but those named in `otherReasons`. */
  readonly reason: ReasonCode;
  /** The ranks, from 1, of covers chosen by another rule. */
  readonly otherReasons?: Readonly<Partial<Record<ReasonCode, readonly number[]>>>;
  /** Covers the fund had bought before: where in the policy's sequence of turns these stand. */
  readonly coversBefore?: number;
  readonly policyVersion: string;
  readonly candidatesSeen: number;
  readonly inputsHash: string;
  readonly submittedAt?: Instant;
  readonly registrarReference?: string;
  /** When the message that asks the registrar again will come. */
  readonly askAgainAt?: Instant;
}

/** Everything one allocation writes, decided beforehand. */
export interface AllocationDraft {
  readonly fund: Fund;
  readonly at: Instant;
  readonly covers: readonly {
    readonly cover: Cover;
    readonly purchase: Purchase<Candidate>;
    /** The rule by which the worker was chosen. */
    readonly reason: ReasonCode;
  }[];
  readonly donors: readonly {
    readonly stored: StoredDonation;
    readonly after: Donation;
    readonly usedRupiah: Rupiah;
    /** It reaches no further by itself: its work is done, and what is left of it joins the line. */
    readonly isFinished: boolean;
  }[];
  /** Gifts that join the line without having bought. */
  readonly joining: readonly StoredDonation[];
  readonly facts: { readonly policyVersion: string; readonly candidatesSeen: number };
}

export type AllocationResult =
  | { readonly outcome: 'made' }
  /** These workers changed since the index saw them. */
  | { readonly outcome: 'stale_workers'; readonly workerIds: readonly WorkerId[] }
  /** The fund or a donation changed: read the money again. */
  | { readonly outcome: 'stale_money' };

function allocationKey(allocationId: AllocationId) {
  return { pk: `ALLOCATION#${allocationId}`, sk: 'ALLOCATION' };
}

function enrolmentDueKeys(allocationId: AllocationId, at: Instant) {
  return { dueKey: `DUE#enrolment#${shardOf(allocationId, DUE_SHARDS)}`, dueSort: `${at}#${allocationId}` };
}

/**
 * Takes a worker for a cover, out of the queue or on from the cover before; I3 is the condition on the months already
 * paid. The version says that nothing of the worker changed since, neither the place in the queue nor the cover.
 */
function workerReservation({ candidate, months }: Purchase<Candidate>, cover: Cover): TransactItem {
  const donatedTerms = candidate.donatedTerms + (fundClassOf(cover.fundId) === 'self' ? 0 : 1);
  const names = months.map((_, index) => `:month${index}`);
  return {
    Update: {
      Key: { pk: `WORKER#${candidate.workerId}`, sk: 'WORKER' },
      UpdateExpression:
        'SET currentCoverId = :coverId, coverOrdinal = :ordinal, donatedTerms = :terms, version = :next ' +
        'ADD paidMonths :months REMOVE waitingKey, waitingSort',
      ConditionExpression: [
        'version = :version',
        `attribute_${candidate.waitingSort === null ? 'not_' : ''}exists(waitingSort)`,
        ...names.map((name) => `NOT contains(paidMonths, ${name})`),
      ].join(' AND '),
      ExpressionAttributeValues: {
        ':coverId': cover.coverId,
        ':terms': donatedTerms,
        ':ordinal': candidate.coverOrdinal + 1,
        ':version': candidate.version,
        ':next': candidate.version + 1,
        ':months': new Set(months.map(({ month }) => month)),
        ...Object.fromEntries(months.map(({ month }, index) => [names[index] as string, month])),
      },
    },
  };
}

function donorItems(
  { stored, after, usedRupiah, isFinished }: AllocationDraft['donors'][number],
  draft: AllocationDraft,
  allocationId: AllocationId,
): TransactItem[] {
  const posting = ledgerTransaction(
    'allocation',
    draft.at,
    move(ACCOUNTS.fund(after.fundId), ACCOUNTS.committed, usedRupiah),
  );
  const facts = { donationId: after.donationId, allocationId, amountRupiah: usedRupiah };
  return [
    ...(isFinished ? joinItems(after, stored.version) : [donationPut(after, stored.version, stored.dueSince)]),
    ledgerPut(`DONATION#${after.donationId}`, `${draft.at}#${allocationId}`, posting, facts),
  ];
}

/** The rule of most covers, and the ranks of the others: nearly always all were chosen by one. */
function reasonsOf({ covers }: AllocationDraft): Pick<Allocation, 'reason' | 'otherReasons'> {
  const ranks = new Map<ReasonCode, number[]>();
  for (const [index, { reason }] of covers.entries()) ranks.set(reason, [...(ranks.get(reason) ?? []), index + 1]);
  const [most, ...others] = [...ranks].sort(([, a], [, b]) => b.length - a.length);
  const [reason] = most as [ReasonCode, number[]];
  return { reason, ...(others.length > 0 ? { otherReasons: Object.fromEntries(others) } : {}) };
}

/** Why this cover's worker was chosen, and where in line. */
export function decisionOn(allocation: Allocation, coverId: CoverId) {
  const { policyVersion, candidatesSeen, inputsHash, otherReasons = {}, coversBefore = null } = allocation;
  const rank = allocation.coverIds.indexOf(coverId) + 1;
  const other = Object.entries(otherReasons).find(([, ranks]) => ranks.includes(rank));
  const reason = (other?.[0] as ReasonCode | undefined) ?? allocation.reason;
  return { rank, reason, policyVersion, candidatesSeen, coversBefore, inputsHash };
}

/** The record says who was chosen in which order, by which rule, out of how many, and from which inputs (domain 3.2.12). */
function ownItems(draft: AllocationDraft, allocationId: AllocationId): TransactItem[] {
  const { fundId, coversBought } = draft.fund;
  const coverIds = draft.covers.map(({ cover }) => cover.coverId);
  const donors = draft.donors.map(({ stored, usedRupiah }) => [stored.donation.donationId, usedRupiah]);
  const inputsHash = digest(
    JSON.stringify([
      fundId,
      coversBought,
      draft.facts.policyVersion,
      draft.covers.map(({ purchase }) => purchase.candidate),
      donors,
    ]),
    32,
  );
  const keys = { ...allocationKey(allocationId), ...enrolmentDueKeys(allocationId, draft.at) };
  const reasons = { ...reasonsOf(draft), coversBefore: coversBought };
  const facts = { allocationId, fundId, coverIds, inputsHash, ...reasons, ...draft.facts, madeAt: draft.at };
  return [
    sequenceUpdate(draft.fund, draft.covers.length),
    {
      Put: {
        Item: { ...keys, type: 'allocation', state: 'reserved', ...facts },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
  ];
}

/** Writes one allocation: sequence, record, reasons, covers, workers, donors, ledger. All or nothing. */
export async function makeAllocation(draft: AllocationDraft): Promise<AllocationResult> {
  const allocationId = allocationIdOf(draft.fund.fundId, draft.fund.sequence + 1);
  const own = ownItems(draft, allocationId);
  const workers = draft.covers.map(({ cover, purchase }) => workerReservation(purchase, cover));
  const result = await transact([
    ...own,
    ...workers,
    ...draft.covers.map(({ cover }) => ({
      Put: { Item: coverRow(cover), ConditionExpression: 'attribute_not_exists(pk)' },
    })),
    ...draft.donors.flatMap((donor) => donorItems(donor, draft, allocationId)),
    ...draft.joining.flatMap(({ donation, version }) => joinItems(donation, version)),
  ]);
  if (result.ok) return { outcome: 'made' };
  const stale = result.failed
    .map(({ index }) => index - own.length)
    .filter((index) => index >= 0 && index < workers.length);
  if (stale.length === 0) return { outcome: 'stale_money' };
  const workerIds = stale.map((index) => (draft.covers[index] as AllocationDraft['covers'][number]).cover.workerId);
  return { outcome: 'stale_workers', workerIds };
}

export async function readAllocation(allocationId: AllocationId): Promise<Allocation | null> {
  return ((await getItem(allocationKey(allocationId))) as unknown as Allocation | undefined) ?? null;
}

/** The registrar has it. */
export async function markSubmitted(
  allocationId: AllocationId,
  at: Instant,
  registrarReference: string,
): Promise<void> {
  await updateItem({
    Key: allocationKey(allocationId),
    UpdateExpression: 'SET #state = :submitted, submittedAt = :at, registrarReference = :reference',
    ConditionExpression: '#state = :reserved',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':submitted': 'submitted',
      ':reserved': 'reserved',
      ':at': at,
      ':reference': registrarReference,
    },
  });
}

/** A message that asks again is on its way. */
export async function noteAsking(allocationId: AllocationId, askAgainAt: Instant): Promise<void> {
  await updateItem({
    Key: allocationKey(allocationId),
    UpdateExpression: 'SET askAgainAt = :next',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':next': askAgainAt },
  });
}

/** Every cover of it has its answer: nothing is due any more. */
export async function markAnswered(allocationId: AllocationId): Promise<void> {
  await updateItem({
    Key: allocationKey(allocationId),
    UpdateExpression: 'SET #state = :answered REMOVE dueKey, dueSort',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':answered': 'answered' },
  });
}

/** Allocations made before an instant that the registrar has not answered in full (I8). */
export async function enrolmentsDue(before: Instant): Promise<AllocationId[]> {
  const found: AllocationId[] = [];
  for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
    const due = await dueBefore(`DUE#enrolment#${shard}`, before);
    found.push(...due.map(([, allocationId]) => allocationId as AllocationId));
  }
  return found;
}
