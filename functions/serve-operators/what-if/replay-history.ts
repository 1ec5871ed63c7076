/**
 * History once more under another policy: the same people, gifts and events in their order, and the very code that buys.
 * Same history and same policy, same end.
 */
import { type Cover, coverWindow } from '../../../shared/domain/cover.ts';
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDateOf,
  firstDayOf,
  type Instant,
  instantOfDate,
} from '../../../shared/domain/dates.ts';
import type { AllocationId, CoverId, DonationId, FundId, WorkerId } from '../../../shared/domain/ids.ts';
import { endingOf, workerStateAfter } from '../../../shared/domain/life-events.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import type { AllocationPolicy } from '../../../shared/domain/policy.ts';
import type { Tariff } from '../../../shared/domain/tariff.ts';
import type { FundMessage } from '../../../shared/messages.ts';
import { type AllocateFundsDependencies, allocateFunds } from '../../allocate-funds/allocate-funds.ts';
import { firstDayOf as firstDayOfHistory, type History } from './history.ts';
import { PastBooks } from './past-books.ts';
import { pastCandidates } from './past-candidates.ts';

export interface ReplayQuestion {
  readonly history: History;
  /** Which policy decides on a day. */
  readonly policyOn: (today: CivilDate) => AllocationPolicy;
  readonly tariffOn: (today: CivilDate) => Tariff;
  readonly cohortSizes: { readonly groups: number; readonly shards: number };
  /** Now: nothing after it has happened. */
  readonly until: Instant;
}

/** Donated covers that started, by worker. */
export type ReplayedCovers = ReadonlyMap<WorkerId, readonly Cover[]>;

interface Happening {
  readonly at: Instant;
  readonly happen: (replay: Replay) => FundMessage[];
}

/** The hour of the sweeper, which lets every fund look once more. */
const SWEEP_HOUR = 1;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export async function replayHistory(question: ReplayQuestion): Promise<ReplayedCovers> {
  const replay = new Replay(question);
  for (const { at, happen } of timeline(question)) {
    replay.at = at;
    await replay.work(happen(replay));
  }
  return replay.covers();
}

function timeline({ history, until }: ReplayQuestion): Happening[] {
  const arrivals = history.workers.map((worker) => ({ at: worker.waitingSince, happen: arrival(worker) }));
  const gifts = history.gifts.map((gift) => ({
    at: gift.at,
    happen: ({ books }: Replay): FundMessage[] => {
      books.receive(gift);
      const { fundId, donationId } = gift.donation;
      return [{ contractVersion: 1, kind: 'donation', fundId, donationId }];
    },
  }));
  const leavings = history.lifeEvents.map((event) => ({ at: event.recordedAt, happen: leaving(event) }));
  const days: Happening[] = [];
  for (let day = firstDayOfHistory(history, until); day <= civilDateOf(until); day = addDays(day, 1))
    days.push({ at: instantOfDate(day, SWEEP_HOUR), happen: (replay) => replay.fills() });
  return [...arrivals, ...gifts, ...leavings, ...days]
    .filter(({ at }) => at <= until)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function arrival(worker: History['workers'][number]): Happening['happen'] {
  return (replay) => {
    replay.books.arrive(worker);
    return replay.fills();
  };
}

/** What of the cover was begun stays paid; the rest gives its money back. */
function leaving(event: History['lifeEvents'][number]): Happening['happen'] {
  return ({ books }) => {
    const { endsOn, reason } = endingOf(event) as NonNullable<ReturnType<typeof endingOf>>;
    books.leave(event.workerId, workerStateAfter(event.kind));
    return books
      .coversOfWorker(event.workerId)
      .filter(({ state, endDate }) => state === 'active' && endDate! > endsOn)
      .map((cover) => {
        const { coverId, fundId, startDate, months, anchorDay } = cover;
        const begun = months.filter((_, index) => addMonths(startDate!, index, anchorDay) < endsOn).length;
        books.covers.set(coverId, { ...cover, monthsPaid: begun });
        return { contractVersion: 1, kind: 'end', fundId, coverId, endsOn, reason };
      });
  };
}

class Replay {
  readonly books: PastBooks;
  readonly #dependencies: AllocateFundsDependencies;
  readonly #rejected: ReadonlySet<CoverId>;
  #asked: FundMessage[] = [];
  at: Instant;

  constructor(question: ReplayQuestion) {
    this.at = question.until;
    this.books = new PastBooks(question.history.funds, question.cohortSizes);
    this.#rejected = question.history.rejected;
    this.#dependencies = this.#record(question);
  }

  /** Every fund that has money looks at the queue. */
  fills(): FundMessage[] {
    return [...this.books.funds.keys()]
      .filter((fundId) => this.books.hasMoney(fundId))
      .map((fundId) => ({ contractVersion: 1, kind: 'fill', fundId }));
  }

  async work(messages: readonly FundMessage[]): Promise<void> {
    const waiting = [...messages];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await allocateFunds([next], this.#dependencies);
      waiting.push(...this.#asked.splice(0));
    }
  }

  covers(): ReplayedCovers {
    const found = new Map<WorkerId, Cover[]>();
    for (const cover of this.books.covers.values()) {
      if (cover.state === 'rejected' || cover.fundId.startsWith('self-')) continue;
      found.set(cover.workerId, [...(found.get(cover.workerId) ?? []), cover]);
    }
    return found;
  }

  /** The registrar's word as it was in the end: whom it would not have gives the money back. */
  #enrol(allocationId: AllocationId): void {
    for (const cover of this.books.coversOf(allocationId)) {
      const { fundId, coverId } = cover;
      if (this.#rejected.has(coverId))
        this.#asked.push({ contractVersion: 1, kind: 'release', fundId, coverId, reason: 'registrar_rejected' });
      else this.books.start(started(cover, this.at));
    }
  }

  #record({ policyOn, tariffOn }: ReplayQuestion): AllocateFundsDependencies {
    const { books } = this;
    const readDonation = async (donationId: DonationId) => books.donations.get(donationId) ?? null;
    return {
      now: () => this.at,
      readFund: async (fundId) => books.funds.get(fundId) ?? null,
      readDonation,
      readDonations: async (ids) =>
        new Map(ids.flatMap((id) => (books.donations.has(id) ? [[id, books.donations.get(id)!]] : []))),
      lotsInLine: (fundId) => page(books, fundId),
      joinLine: async (gifts) => {
        books.join(gifts);
        return true;
      },
      removeLot: async (donation) => books.removeLot(donation),
      saveGathering: async (fund, _donors, { gathered, donors }) => {
        for (const donation of donors)
          books.donations.set(donation.donationId, { donation, version: 1, dueSince: null });
        books.funds.set(fund.fundId, { ...fund, sequence: fund.sequence + 1 });
        books.join([{ donation: gathered, version: 0, dueSince: null }]);
        return true;
      },
      gatheredRupiahOf: async () => rupiah(0),
      takeFromGathered: async () => true,
      policyAt: async (now) => policyOn(civilDateOf(now)),
      candidates: pastCandidates(books),
      makeAllocation: async (draft) => books.allocate(draft),
      sendEnrolment: async ({ allocationId }) => this.#enrol(allocationId),
      sendToFund: async (message) => {
        this.#asked.push(message);
      },
      allocationsOf: async () => [],
      coversOfAllocation: async (allocationId) => books.coversOf(allocationId),
      saveShares: async () => true,
      readCover: async (coverId) => books.covers.get(coverId) ?? null,
      readWorker: async (workerId) => books.workers.get(workerId) ?? null,
      tariffInForce: tariffOn,
      cohortSizes: () => books.cohortSizes,
      joinCohort: async (cohort) => cohort,
      settleCover: async (settlement) => books.settle(settlement),
      log: SILENT,
    };
  }
}

async function* page(books: PastBooks, fundId: FundId): AsyncGenerator<DonationId[]> {
  const lots = books.lots(fundId);
  if (lots.length > 0) yield lots;
}

function started(cover: Cover, at: Instant): Cover {
  const today = civilDateOf(at);
  const firstDay = firstDayOf(cover.months[0]!.month);
  const startDate = cover.continuesFrom ?? (firstDay > today ? firstDay : today);
  const window = coverWindow(startDate, cover.months.length, cover.anchorDay);
  return { ...cover, ...window, state: 'active', acceptedAt: at, monthsPaid: 1 };
}
