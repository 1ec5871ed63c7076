/**
 * What the one writer has before it: its fund, the policy and the queue. Rows it read or wrote itself it does not read
 * again; every write is conditional, and only where one is refused has somebody else been at them.
 */
import { firstMonthFor, leastTermPrice } from '../../shared/domain/continuation.ts';
import { type CivilDate, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { Candidate } from '../../shared/domain/fund.ts';
import type { FundId, WorkerId } from '../../shared/domain/ids.ts';
import type { Rupiah } from '../../shared/domain/money.ts';
import type { AllocationPolicy } from '../../shared/domain/policy.ts';
import { type PricedMonth, priceTerm, type Tariff } from '../../shared/domain/tariff.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Fund } from '../../shared/store/funds.ts';
import { CandidateQueue, type CandidateSources, type Chosen } from './candidate-queue.ts';

export interface DeskDependencies {
  readonly now: () => Instant;
  readonly readFund: (fundId: FundId) => Promise<Fund | null>;
  /** The policy in force at an instant. */
  readonly policyAt: (now: Instant) => Promise<AllocationPolicy>;
  readonly candidates: CandidateSources;
  readonly tariffInForce: (today: CivilDate) => Tariff;
}

/** 100 allocations are 3,000 covers and some ten seconds; the rest of a great gift goes on in a turn of its own. */
const ALLOCATIONS_PER_TURN = 100;

export class Desk {
  readonly policy: AllocationPolicy;
  readonly #queue: CandidateQueue;
  readonly #dependencies: DeskDependencies;
  #fund: Fund;
  #allocationsLeft = ALLOCATIONS_PER_TURN;

  private constructor(fund: Fund, policy: AllocationPolicy, dependencies: DeskDependencies) {
    this.#fund = fund;
    this.policy = policy;
    this.#dependencies = dependencies;
    this.#queue = new CandidateQueue(fund.descriptor, policy, this.#today(), dependencies.candidates);
  }

  /** @throws Permanent `not_found` */
  static async open(fundId: FundId, dependencies: DeskDependencies): Promise<Desk> {
    const [fund, policy] = await Promise.all([
      knownFund(fundId, dependencies),
      dependencies.policyAt(dependencies.now()),
    ]);
    return new Desk(fund, policy, dependencies);
  }

  get fund(): Fund {
    return this.#fund;
  }

  /** Money of this fund buys for the one who paid it, and for nobody else. */
  get isOwnMoney(): boolean {
    return this.#fund.descriptor.fundClass === 'self';
  }

  /** This turn may write no more, or look no further. */
  get isSpent(): boolean {
    return this.#allocationsLeft <= 0 || this.#queue.isCutShort;
  }

  /** There may be more candidates, but not in this turn. */
  get isCutShort(): boolean {
    return this.#queue.isCutShort;
  }

  /** How many the choice has looked at. */
  get looked(): number {
    return this.#queue.looked;
  }

  /** The next so many candidates, in order; they stay until dropped. */
  peek(count: number): Promise<Chosen[]> {
    return this.#queue.peek(count, this.#fund.coversBought);
  }

  /** Takes candidates out who were found changed since they were read. */
  drop(workerIds: Iterable<WorkerId>): void {
    this.#queue.drop(workerIds);
  }

  /** The months of a term for a candidate as bought today, each at its tariff. */
  priced(): (candidate: Candidate) => PricedMonth[] {
    const today = this.#today();
    const tariff = this.#dependencies.tariffInForce(today);
    const { descriptor } = this.#fund;
    return (candidate) => {
      const firstMonth = firstMonthFor(candidate, descriptor, today);
      return priceTerm(descriptor.package, candidate.sector, firstMonth, descriptor.termMonths, tariff);
    };
  }

  /** Nothing this fund buys today costs less. */
  leastPrice(): Rupiah {
    const today = this.#today();
    return leastTermPrice(this.#fund.descriptor, today, this.#dependencies.tariffInForce(today));
  }

  async readAgain(): Promise<void> {
    this.#fund = await knownFund(this.#fund.fundId, this.#dependencies);
  }

  /** An allocation for these workers or, with nobody, a gathering was written: the fund's sequence moved by one. */
  wrote(covered: readonly WorkerId[]): void {
    this.#queue.drop(covered);
    const { sequence, coversBought } = this.#fund;
    this.#fund = { ...this.#fund, sequence: sequence + 1, coversBought: coversBought + covered.length };
    this.#allocationsLeft -= 1;
  }

  #today(): CivilDate {
    return civilDateOf(this.#dependencies.now());
  }
}

async function knownFund(fundId: FundId, { readFund }: DeskDependencies): Promise<Fund> {
  const fund = await readFund(fundId);
  if (!fund) throw new Permanent('not_found', { field: 'fundId', detail: `fund ${fundId}` });
  return fund;
}
