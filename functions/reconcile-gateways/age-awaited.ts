/** How long payments have waited to be named by a statement, by gateway; those past their days are told to a person. */
import { type CivilDate, civilDateOf, daysBetween, type Instant } from '../../shared/domain/dates.ts';
import type { DonationId, FileId } from '../../shared/domain/ids.ts';
import { type AgeBucket, ageing } from '../../shared/domain/reconciliation.ts';
import { type Difference, differenceId, type StoredDifference } from '../../shared/store/differences.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { AwaitedSettlement } from '../../shared/store/settlement-awaited.ts';

export interface AgeAwaitedDependencies {
  readonly now: () => Instant;
  readonly settledWithinDays: Readonly<Record<string, number>>;
  readonly awaitedSettlements: () => AsyncIterable<AwaitedSettlement[]>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<ReadonlyMap<DonationId, StoredDonation>>;
  readonly markSettled: (donationId: DonationId, payoutId: string | null, at: Instant) => Promise<void>;
  readonly putDifference: (difference: Difference, fileId: FileId | null, at: Instant) => Promise<void>;
  readonly settleDifference: (id: string, note: string, at: Instant) => Promise<void>;
}

export interface Awaited {
  readonly ageing: readonly AgeBucket[];
  /** Past their days. */
  readonly overdue: number;
}

const DEFAULT_DAYS = 7;

/** The days of `partner:kitabisa`, else of `partner`, else of `*`. */
export function daysFor(gateway: string, settledWithinDays: Readonly<Record<string, number>>): number {
  const [family = gateway] = gateway.split(':');
  return settledWithinDays[gateway] ?? settledWithinDays[family] ?? settledWithinDays['*'] ?? DEFAULT_DAYS;
}

export async function ageAwaited(
  known: readonly StoredDifference[],
  dependencies: AgeAwaitedDependencies,
): Promise<ReadonlyMap<string, Awaited>> {
  const today = civilDateOf(dependencies.now());
  const told = new Set(known.map((difference) => difference.differenceId));
  const overdueNow = new Set<string>();
  const byGateway = new Map<string, Awaited>();
  for await (const page of dependencies.awaitedSettlements()) {
    const overdue = await stillOurs(
      page.filter((one) => isOverdue(one, today, dependencies)),
      dependencies,
    );
    for (const one of overdue) {
      const missing = missingThere(one);
      overdueNow.add(differenceId(missing));
      if (!told.has(differenceId(missing))) await dependencies.putDifference(missing, null, dependencies.now());
    }
    for (const gateway of new Set(page.map((one) => one.gateway))) {
      const waiting = page.filter((one) => one.gateway === gateway);
      const late = overdue.filter((one) => one.gateway === gateway).length;
      byGateway.set(gateway, together(byGateway.get(gateway), waiting, late, today));
    }
  }
  for (const { differenceId: id, outcome, state } of known)
    if (outcome === 'missing_there' && state === 'open' && !overdueNow.has(id))
      await dependencies.settleDifference(id, 'named by a statement since', dependencies.now());
  return byGateway;
}

function isOverdue(
  { gateway, paidAt }: AwaitedSettlement,
  today: CivilDate,
  { settledWithinDays }: AgeAwaitedDependencies,
): boolean {
  return daysBetween(civilDateOf(paidAt), today) > daysFor(gateway, settledWithinDays);
}

/** What went back whole is not paid out to us, and nobody is to wait for it. */
async function stillOurs(
  overdue: readonly AwaitedSettlement[],
  { readDonations, markSettled, now }: AgeAwaitedDependencies,
): Promise<AwaitedSettlement[]> {
  const donations = await readDonations(overdue.map(({ donationId }) => donationId));
  const ours: AwaitedSettlement[] = [];
  for (const one of overdue) {
    const donation = donations.get(one.donationId)?.donation;
    if (donation && donation.refundedRupiah === donation.receivedRupiah) await markSettled(one.donationId, null, now());
    else ours.push(one);
  }
  return ours;
}

function missingThere({ gateway, paymentId, amountRupiah }: AwaitedSettlement): Difference {
  return {
    gateway,
    paymentId,
    outcome: 'missing_there',
    statedAmountRupiah: null,
    statedFeeRupiah: null,
    oursAmountRupiah: amountRupiah,
    oursFeeRupiah: null,
    line: null,
  };
}

function together(
  before: Awaited | undefined,
  waiting: readonly AwaitedSettlement[],
  late: number,
  today: CivilDate,
): Awaited {
  const aged = waiting.map(({ paidAt, amountRupiah }) => ({
    ageDays: Math.max(0, daysBetween(civilDateOf(paidAt), today)),
    amountRupiah,
  }));
  const buckets = ageing(aged).map((bucket, index) => {
    const { count = 0, amountRupiah = 0 } = before?.ageing[index] ?? {};
    return { ...bucket, count: bucket.count + count, amountRupiah: bucket.amountRupiah + amountRupiah };
  });
  return { ageing: buckets, overdue: (before?.overdue ?? 0) + late };
}
