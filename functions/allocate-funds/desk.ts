/**
 * What the one writer has before it: its fund and the queue. Rows it read or wrote itself it does not read again; every
 * write is conditional, and only where one is refused has somebody else been at them.
 */
import { type CivilMonth, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import { type Candidate, firstMonthOf } from '../../shared/domain/fund.ts';
import type { FundId } from '../../shared/domain/ids.ts';
import { type PricedMonth, priceTerm } from '../../shared/domain/tariff.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Fund } from '../../shared/store/funds.ts';

/** The queue as the writer walks it. */
export interface Queue {
  peek(count: number): Promise<Candidate[]>;
  drop(workerIds: Iterable<Candidate['workerId']>): void;
  readonly looked: number;
}

export interface DeskDependencies {
  readonly now: () => Instant;
  readonly readFund: (fundId: FundId) => Promise<Fund | null>;
  readonly waitingList: (fund: Fund, firstMonth: CivilMonth) => Queue;
}

/** 100 allocations are 3,000 covers and some ten seconds; the rest of a great gift goes on in a turn of its own. */
const ALLOCATIONS_PER_TURN = 100;

export class Desk {
  readonly queue: Queue;
  readonly #dependencies: DeskDependencies;
  #fund: Fund;
  #allocationsLeft = ALLOCATIONS_PER_TURN;

  private constructor(fund: Fund, dependencies: DeskDependencies) {
    this.#fund = fund;
    this.#dependencies = dependencies;
    this.queue = dependencies.waitingList(fund, this.#firstMonth());
  }

  /** @throws Permanent `not_found` */
  static async open(fundId: FundId, dependencies: DeskDependencies): Promise<Desk> {
    return new Desk(await knownFund(fundId, dependencies), dependencies);
  }

  get fund(): Fund {
    return this.#fund;
  }

  /** This turn may write no more. */
  get isSpent(): boolean {
    return this.#allocationsLeft <= 0;
  }

  /** The months of a term for a candidate as bought today, each at its tariff. */
  priced(): (candidate: Candidate) => PricedMonth[] {
    const firstMonth = this.#firstMonth();
    const { package: programmes, termMonths } = this.#fund.descriptor;
    return ({ sector }) => priceTerm(programmes, sector, firstMonth, termMonths);
  }

  async readAgain(): Promise<void> {
    this.#fund = await knownFund(this.#fund.fundId, this.#dependencies);
  }

  /** An allocation or a gathering was written, which moved the fund's sequence by one. */
  wrote(): void {
    this.#fund = { ...this.#fund, sequence: this.#fund.sequence + 1 };
    this.#allocationsLeft -= 1;
  }

  #firstMonth(): CivilMonth {
    return firstMonthOf(this.#fund.descriptor, civilDateOf(this.#dependencies.now()));
  }
}

async function knownFund(fundId: FundId, { readFund }: DeskDependencies): Promise<Fund> {
  const fund = await readFund(fundId);
  if (!fund) throw new Permanent('not_found', { field: 'fundId', detail: `fund ${fundId}` });
  return fund;
}
