/** What operators see of a row. States are worked out from dates at the moment of looking (I8). */

import { awaitsAmount } from '../../shared/domain/announcement.ts';
import { type Cover, type CoverState, coverState, protectsOn } from '../../shared/domain/cover.ts';
import type { CivilDate } from '../../shared/domain/dates.ts';
import { donationState } from '../../shared/domain/donation.ts';
import { fundClassOf } from '../../shared/domain/fund.ts';
import type { AllocationId, CoverId } from '../../shared/domain/ids.ts';
import type { WorkerState } from '../../shared/domain/worker.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import { batchGet, type Row } from '../../shared/store/table.ts';

export interface SeenCover {
  readonly cover: Cover;
  readonly state: CoverState;
}

/** By the id of the cover. */
export type SeenCovers = ReadonlyMap<CoverId, SeenCover>;

/** Works out the states of covers; those still reserved are looked up at their allocation. */
export async function seeCovers(covers: readonly Cover[], today: CivilDate): Promise<SeenCover[]> {
  const waiting = new Set(covers.filter(({ state }) => state === 'reserved').map(({ allocationId }) => allocationId));
  const keys = [...waiting].map((allocationId) => ({ pk: `ALLOCATION#${allocationId}`, sk: 'ALLOCATION' }));
  const submitted = new Set(
    (await batchGet(keys)).filter(({ state }) => state !== 'reserved').map((row) => row.allocationId as AllocationId),
  );
  return covers.map((cover) => ({ cover, state: coverState(cover, today, submitted.has(cover.allocationId)) }));
}

export function coverView({ cover, state }: SeenCover, today: CivilDate) {
  return {
    coverId: cover.coverId,
    workerId: cover.workerId,
    state,
    protectionAssured: protectsOn(cover, today),
    startDate: cover.startDate ?? null,
    endDate: cover.endDate ?? null,
    package: cover.package,
    sector: cover.sector,
    region: cover.region,
    fundId: cover.fundId,
    allocationId: cover.allocationId,
    cohortId: cover.cohortId ?? null,
    endedOn: cover.endedOn ?? null,
    renews: cover.renews ?? null,
    renewedBy: cover.renewedBy ?? null,
    claimOpenSince: cover.claimOpenSince ?? null,
    reason: cover.reason ?? null,
    months: cover.months.map(({ month, priceRupiah, shares }, index) => ({
      month,
      priceRupiah,
      paid: index < cover.monthsPaid,
      shares,
    })),
  };
}

export function donationView({ donation }: StoredDonation) {
  return {
    donationId: donation.donationId,
    state: donationState(donation),
    amountAwaited: awaitsAmount(donation),
    gateway: donation.gateway,
    paymentId: donation.paymentId,
    orderReference: donation.orderReference,
    channel: donation.channel,
    fundId: donation.fundId,
    pledgeId: donation.pledgeId,
    donorId: donation.donorId ?? null,
    paidAt: donation.paidAt,
    receivedRupiah: donation.receivedRupiah,
    feesRupiah: donation.feeRupiah,
    feeCarriedRupiah: donation.feeCarriedRupiah,
    feeBeyondRupiah: donation.feeBeyondRupiah,
    refundedRupiah: donation.refundedRupiah,
    allocatedRupiah: donation.allocatedRupiah,
    remainingRupiah: donation.remainingRupiah,
  };
}

const WORKER_STATE_OF_COVER: Partial<Record<CoverState, WorkerState>> = {
  reserved: 'waiting',
  submitted: 'waiting',
  active: 'covered',
  expiring: 'covered',
  expired_in_grace: 'covered',
  renewed: 'covered',
  lapsed: 'lapsed',
  cancelled: 'lapsed',
  deceased: 'deceased',
  withdrawn: 'withdrawn',
};

/**
 * A worker's state follows the latest cover, unless the row itself says that the worker left. Until a renewal is accepted
 * the cover before it holds.
 */
export function workerState(worker: Row, seen: SeenCovers): WorkerState {
  const latest = seen.get(worker.currentCoverId as CoverId);
  const stored = worker.state as WorkerState;
  if (stored !== 'waiting' || latest === undefined || isInLine(worker)) return stored;
  const isReserved = latest.state === 'reserved' || latest.state === 'submitted';
  const before = latest.cover.renews && seen.get(latest.cover.renews);
  const holds = isReserved && before ? before : latest;
  const state = WORKER_STATE_OF_COVER[holds.state] ?? stored;
  return state === 'covered' && fundClassOf(holds.cover.fundId) === 'self' ? 'self_paying' : state;
}

function isInLine(worker: Row): boolean {
  return worker.waitingSort !== undefined;
}

export function workerView(worker: Row, seen: SeenCovers) {
  return {
    workerId: worker.workerId,
    state: workerState(worker, seen),
    claimOpenSince: worker.claimOpenSince ?? null,
    region: worker.region,
    occupation: worker.occupation,
    sector: worker.sector,
    disability: worker.disability,
    source: worker.source,
    consentMessaging: worker.consentMessaging,
    waitingSince: worker.waitingSince,
    coverId: worker.currentCoverId ?? null,
    paidMonths: [...((worker.paidMonths as Set<string> | undefined) ?? [])].sort(),
  };
}
