/**
 * The books as they would have been, in memory: what the writer of a fund reads and writes. Everybody whom the registrar
 * took in the end is accepted at once, and nobody else touches the rows, so no write is ever refused.
 */
import type { Cover } from '../../../shared/domain/cover.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import { type Candidate, type FundDescriptor, fundClassOf } from '../../../shared/domain/fund.ts';
import {
  type AllocationId,
  allocationIdOf,
  type CoverId,
  coverIdOf,
  type DonationId,
  type FundId,
  type WorkerId,
} from '../../../shared/domain/ids.ts';
import { ZERO_RUPIAH } from '../../../shared/domain/money.ts';
import type { AllocationPolicy } from '../../../shared/domain/policy.ts';
import { type WorkerRow, waitingKeys } from '../../../shared/domain/worker.ts';
import type { AllocationDraft, AllocationResult } from '../../../shared/store/allocations.ts';
import type { StoredDonation } from '../../../shared/store/donations.ts';
import type { Fund } from '../../../shared/store/funds.ts';
import type { CoverSettlement } from '../../../shared/store/settlements.ts';
import type { PastGift } from './history.ts';
import { WaitingLine } from './waiting-line.ts';

export interface PastWorker extends WorkerRow {
  readonly waitingSort: string | null;
  readonly donatedTerms: number;
}

export class PastBooks {
  readonly funds = new Map<FundId, Fund>();
  readonly donations = new Map<DonationId, StoredDonation>();
  readonly workers = new Map<WorkerId, PastWorker>();
  readonly covers = new Map<CoverId, Cover>();
  /** By the end of the cover, for those whose cover ends. */
  readonly endings = new Map<string, Set<CoverId>>();
  readonly #lots = new Map<FundId, DonationId[]>();
  readonly #allocations = new Map<AllocationId, readonly CoverId[]>();
  #line: WaitingLine | undefined;

  /** Of the cohorts covers join. */
  readonly cohortSizes: { readonly groups: number; readonly shards: number };

  constructor(funds: ReadonlyMap<FundId, FundDescriptor>, cohortSizes: PastBooks['cohortSizes']) {
    this.cohortSizes = cohortSizes;
    for (const [fundId, descriptor] of funds)
      this.funds.set(fundId, { fundId, descriptor, sequence: 0, coversBought: 0 } as Fund);
  }

  /** A worker as on the day of joining the queue. */
  arrive(worker: WorkerRow): void {
    const { waitingSort } = waitingKeys(worker);
    const fresh = { state: 'waiting', paidMonths: new Set(), coverOrdinal: 0, donatedTerms: 0, version: 1 } as const;
    const { currentCoverId: _current, claimOpenSince: _claim, ...profile } = worker;
    this.workers.set(worker.workerId, { ...profile, ...fresh, waitingSort } as PastWorker);
    this.#line?.add(waitingSort, worker.workerId);
  }

  /** Those who wait, by the place a policy gives them. */
  *inLine(policy: AllocationPolicy): Generator<PastWorker> {
    if (this.#line?.policy !== policy) this.#line = new WaitingLine(policy, this.workers.values());
    for (const workerId of this.#line.from((id) => this.workers.get(id)?.waitingSort != null))
      yield this.workers.get(workerId) as PastWorker;
  }

  receive({ donation, spendableRupiah, at }: PastGift): void {
    const fresh = { allocatedRupiah: ZERO_RUPIAH, reattributeRupiah: ZERO_RUPIAH, guaranteedRupiah: ZERO_RUPIAH };
    const money = {
      receivedRupiah: spendableRupiah,
      remainingRupiah: spendableRupiah,
      feeRupiah: ZERO_RUPIAH,
      refundedRupiah: ZERO_RUPIAH,
    };
    this.donations.set(donation.donationId, {
      donation: { ...donation, ...fresh, ...money, claims: {} },
      version: 1,
      dueSince: at,
    });
  }

  hasMoney(fundId: FundId): boolean {
    return (this.#lots.get(fundId)?.length ?? 0) > 0;
  }

  lots(fundId: FundId): DonationId[] {
    return [...(this.#lots.get(fundId) ?? [])];
  }

  removeLot({ fundId, donationId }: StoredDonation['donation']): void {
    const left = (this.#lots.get(fundId) ?? []).filter((each) => each !== donationId);
    this.#lots.set(fundId, left);
  }

  join(gifts: readonly StoredDonation[]): void {
    for (const { donation, version } of gifts) {
      this.donations.set(donation.donationId, { donation, version: version + 1, dueSince: null });
      if (donation.remainingRupiah > 0) this.#queueLot(donation);
    }
  }

  allocate({ fund, covers, donors, joining }: AllocationDraft): AllocationResult {
    const allocationId = allocationIdOf(fund.fundId, fund.sequence + 1);
    const coversBought = (fund.coversBought ?? 0) + covers.length;
    this.funds.set(fund.fundId, { ...fund, sequence: fund.sequence + 1, coversBought });
    this.#allocations.set(
      allocationId,
      covers.map(({ cover }) => cover.coverId),
    );
    for (const { cover, purchase } of covers) this.#reserve(cover, purchase.candidate);
    for (const { stored, after, isFinished } of donors) {
      if (isFinished) this.join([{ ...stored, donation: after }]);
      else this.donations.set(after.donationId, { ...stored, donation: after, version: stored.version + 1 });
    }
    this.join(joining);
    return { outcome: 'made' };
  }

  coversOf(allocationId: AllocationId): Cover[] {
    return (this.#allocations.get(allocationId) ?? []).map((coverId) => this.covers.get(coverId) as Cover);
  }

  coversOfWorker(workerId: WorkerId): Cover[] {
    const ordinals = Array.from({ length: this.workers.get(workerId)?.coverOrdinal ?? 0 }, (_, index) => index + 1);
    return ordinals.map((ordinal) => this.covers.get(coverIdOf(workerId, ordinal)) as Cover);
  }

  allocationIds(): Iterable<AllocationId> {
    return this.#allocations.keys();
  }

  /** The registrar took the cover. */
  start(cover: Cover): void {
    this.covers.set(cover.coverId, cover);
    const before = cover.renews && this.covers.get(cover.renews);
    if (before) this.covers.set(before.coverId, { ...before, renewedBy: cover.coverId });
    this.#ends(cover);
  }

  settle({ before, after, worker, donors, kind, at }: CoverSettlement): boolean {
    this.covers.set(before.coverId, after);
    this.#ends(after);
    const months = new Set<string>(worker.paidMonths);
    for (const { month } of before.months) months.delete(month);
    if (after.state !== 'rejected') for (const { month } of after.months) months.add(month);
    const known = this.workers.get(before.workerId) as PastWorker;
    const left = kind === 'release' && !before.renews ? { state: 'withdrawn' as const } : {};
    const current = kind === 'release' && before.renews ? { currentCoverId: before.renews } : {};
    const paidMonths = months as PastWorker['paidMonths'] & Set<string>;
    this.workers.set(known.workerId, { ...known, ...left, ...current, paidMonths, version: known.version + 1 });
    for (const { stored, after: donation } of donors)
      this.donations.set(donation.donationId, { donation, version: stored.version + 1, dueSince: at });
    return true;
  }

  leave(workerId: WorkerId, state: PastWorker['state'] | null): void {
    const worker = this.workers.get(workerId);
    if (!worker) return;
    const waitingSort = state ? null : worker.waitingSort;
    this.workers.set(workerId, { ...worker, ...(state ? { state } : {}), waitingSort, version: worker.version + 1 });
  }

  #reserve(cover: Cover, { workerId, coverOrdinal, donatedTerms }: Candidate): void {
    const worker = this.workers.get(workerId) as PastWorker;
    this.covers.set(cover.coverId, cover);
    this.workers.set(workerId, {
      ...worker,
      currentCoverId: cover.coverId,
      coverOrdinal: coverOrdinal + 1,
      donatedTerms: donatedTerms + (fundClassOf(cover.fundId) === 'self' ? 0 : 1),
      paidMonths: new Set([...worker.paidMonths, ...cover.months.map(({ month }) => month)]),
      waitingSort: null,
      version: worker.version + 1,
    });
  }

  #ends({ coverId, endDate }: Cover): void {
    if (endDate) this.endings.set(endDate, (this.endings.get(endDate) ?? new Set()).add(coverId));
  }

  #queueLot({ fundId, donationId, firstSeenAt }: StoredDonation['donation']): void {
    const place = (id: DonationId) => this.donations.get(id)?.donation.firstSeenAt as Instant;
    const lots = (this.#lots.get(fundId) ?? []).filter((each) => each !== donationId);
    const behind = lots.findIndex((each) => place(each) > firstSeenAt);
    lots.splice(behind === -1 ? lots.length : behind, 0, donationId);
    this.#lots.set(fundId, lots);
  }
}
