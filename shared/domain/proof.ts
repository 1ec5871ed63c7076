/**
 * The proof of the books: fed every row once, in any order, it says whether I1, I2, I3, I6 and I8 hold. It recomputes
 * each balance from the ledger, each donation from its postings and shares, each price from the tariff, each cover from
 * its events.
 */
import { type Cover, GUARANTEE_DONOR, paidPriceOf, priceOf } from './cover.ts';
import { addDays, type CivilDate, type CivilMonth, civilDateOf } from './dates.ts';
import type { Donation } from './donation.ts';
import type { WorkerId } from './ids.ts';
import { ACCOUNTS, type LedgerTransaction } from './ledger.ts';
import { type LifePosting, LifeProver, type LifeReport } from './life-proof.ts';
import { publishedPrices, type Tariff } from './tariff.ts';

export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I6' | 'I8';
  readonly detail: string;
}

export interface AccountBalance {
  readonly account: string;
  readonly balanceRupiah: number;
}

export interface Proof {
  readonly holds: boolean;
  readonly checked: {
    readonly transactions: number;
    readonly donations: number;
    readonly covers: number;
    readonly workers: number;
  };
  readonly violations: readonly Violation[];
  readonly accounts: readonly AccountBalance[];
}

/** By what prices are judged. */
export interface ProofTerms {
  /** Everything that was ever published. */
  readonly tariff: Tariff;
  readonly today: CivilDate;
}

/** A tariff published today is taken to the covers that run by the next morning. */
const NEW_TARIFF_DAYS = 2;

/** What a donation's own ledger rows say. */
interface DonationBooks {
  receivedRupiah: number;
  returnedRupiah: number;
  heldRupiah: number;
}

class Tally<Key> {
  readonly #sums = new Map<Key, number>();
  add(key: Key, amount: number): void {
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + amount);
  }
  of(key: Key): number {
    return this.#sums.get(key) ?? 0;
  }
  entries(): [Key, number][] {
    return [...this.#sums];
  }
}

/** Of an operator's report: the months that the government pays. */
export interface GovernmentReport {
  readonly workerId: WorkerId;
  readonly months?: readonly CivilMonth[];
}

export class Prover {
  readonly #violations: Violation[] = [];
  readonly #balances = new Tally<string>();
  readonly #shares = new Tally<string>();
  readonly #fundRemaining = new Tally<string>();
  readonly #books = new Map<string, DonationBooks>();
  readonly #donations = new Map<string, Donation>();
  readonly #paidMonths = new Map<WorkerId, Set<string>>();
  readonly #expected = new Tally<string>();
  readonly #workerMonths = new Map<WorkerId, ReadonlySet<string>>();
  readonly #government = new Map<WorkerId, readonly CivilMonth[]>();
  readonly #lives = new LifeProver();
  readonly #terms: ProofTerms;
  #transactions = 0;
  #covers = 0;

  constructor(terms: ProofTerms) {
    this.#terms = terms;
  }

  /** @param gatheredRupiah what the donor gave into a gathered gift, or took back from one */
  takeTransaction(transaction: LedgerTransaction, donationId: string | undefined, gatheredRupiah = 0): void {
    this.#transactions += 1;
    const sum = transaction.entries.reduce((total, { amountRupiah }) => total + amountRupiah, 0);
    if (sum !== 0) this.#violated('I1', `a ${transaction.kind} transaction of ${transaction.at} sums to ${sum}`);
    for (const { account, amountRupiah } of transaction.entries) this.#balances.add(account, amountRupiah);
    if (donationId) this.#takeDonationBooks(transaction, donationId);
    if (donationId && transaction.kind === 'gathering') this.#shares.add(donationId, gatheredRupiah);
  }

  takeDonation(donation: Donation): void {
    this.#donations.set(donation.donationId, donation);
    this.#fundRemaining.add(ACCOUNTS.fund(donation.fundId), donation.remainingRupiah);
    const { receivedRupiah, feeRupiah, refundedRupiah, allocatedRupiah, remainingRupiah } = donation;
    const keptRupiah = feeRupiah + donation.feeCarriedRupiah + donation.feeBeyondRupiah;
    this.#expected.add(ACCOUNTS.fees(donation.gateway), keptRupiah);
    if (receivedRupiah !== feeRupiah + refundedRupiah + allocatedRupiah + remainingRupiah)
      this.#violated('I2', `donation ${donation.donationId} does not add up`);
    if (Math.min(feeRupiah, refundedRupiah, allocatedRupiah, remainingRupiah) < 0)
      this.#violated('I1', `donation ${donation.donationId} has a negative part`);
  }

  /** What a ledger row says of covers. */
  takePosting(posting: LifePosting): void {
    this.#lives.takePosting(posting);
  }

  takeReport(report: LifeReport & GovernmentReport): void {
    this.#lives.takeReport(report);
    const { workerId, months } = report;
    if (months) this.#government.set(workerId, [...(this.#government.get(workerId) ?? []), ...months]);
  }

  takeCover(cover: Cover): void {
    this.#covers += 1;
    this.#lives.takeCover(cover);
    // One that never came to be gave its money back.
    if (cover.state === 'rejected') return;
    const months = this.#paidMonths.get(cover.workerId) ?? new Set();
    this.#paidMonths.set(cover.workerId, months);
    cover.months.forEach((paid, index) => {
      const { month, priceRupiah, shares } = paid;
      if (months.has(month)) this.#violated('I3', `worker ${cover.workerId} is paid twice for ${month}`);
      months.add(month);
      this.#checkPrice(cover, index);
      const sum = shares.reduce((total, { amountRupiah }) => total + amountRupiah, 0);
      if (sum !== priceRupiah)
        this.#violated('I6', `the shares of cover ${cover.coverId} in ${month} sum to ${sum}, not ${priceRupiah}`);
      for (const { donationId, amountRupiah } of shares) this.#shares.add(donationId, amountRupiah);
    });
    const paid = paidPriceOf(cover);
    this.#expected.add(ACCOUNTS.contributions, paid);
    this.#expected.add(ACCOUNTS.committed, priceOf(cover) - paid);
  }

  /** The months the worker's own row says are paid must be those of the covers (I3). */
  takeWorker(workerId: WorkerId, paidMonths: ReadonlySet<string>): void {
    this.#workerMonths.set(workerId, paidMonths);
  }

  conclude(): Proof {
    for (const donation of this.#donations.values()) this.#checkDonation(donation);
    for (const [workerId, months] of this.#workerMonths) this.#checkWorker(workerId, months);
    this.#checkAccounts();
    for (const detail of this.#lives.conclude()) this.#violated('I8', detail);
    const accounts = this.#balances.entries().map(([account, balanceRupiah]) => ({ account, balanceRupiah }));
    return {
      holds: this.#violations.length === 0,
      checked: {
        transactions: this.#transactions,
        donations: this.#donations.size,
        covers: this.#covers,
        workers: this.#workerMonths.size,
      },
      violations: this.#violations,
      accounts: accounts.sort((a, b) => (a.account < b.account ? -1 : 1)),
    };
  }

  #takeDonationBooks(transaction: LedgerTransaction, donationId: string): void {
    const books = this.#books.get(donationId) ?? { receivedRupiah: 0, returnedRupiah: 0, heldRupiah: 0 };
    this.#books.set(donationId, books);
    for (const { account, amountRupiah } of transaction.entries) {
      const isSource = account.startsWith('gateway:') || account === ACCOUNTS.gathered;
      if (isSource && transaction.kind === 'payment') books.receivedRupiah -= amountRupiah;
      else if (account.startsWith('gateway:')) books.returnedRupiah += amountRupiah;
      if (account.startsWith('fund:')) books.heldRupiah += amountRupiah;
    }
  }

  #checkDonation(donation: Donation): void {
    const { donationId } = donation;
    const books = this.#books.get(donationId) ?? { receivedRupiah: 0, returnedRupiah: 0, heldRupiah: 0 };
    const shares = this.#shares.of(donationId);
    const claims: [string, number, number][] = [
      ['received', donation.receivedRupiah, books.receivedRupiah],
      ['refunded', donation.refundedRupiah, books.returnedRupiah],
      ['remaining', donation.remainingRupiah, books.heldRupiah],
      ['allocated', donation.allocatedRupiah + donation.reattributeRupiah, shares],
    ];
    for (const [part, says, proves] of claims)
      if (says !== proves)
        this.#violated('I2', `donation ${donationId} says ${part} ${says}, its rows prove ${proves}`);
  }

  /**
   * I6: a month that was paid costs what was published while it was bought, accepted or priced anew; one that is open
   * costs what is published now.
   */
  #checkPrice({ coverId, package: programmes, sector, months, monthsPaid, reservedAt }: Cover, index: number): void {
    const { tariff, today } = this.#terms;
    const { month, priceRupiah } = months[index] as Cover['months'][number];
    const since = index < monthsPaid ? civilDateOf(reservedAt) : addDays(today, -NEW_TARIFF_DAYS);
    const prices = publishedPrices(programmes, sector, month, tariff, { since, until: today });
    if (!prices.includes(priceRupiah))
      this.#violated('I6', `cover ${coverId} pays ${priceRupiah} for ${month}, the tariff is ${prices.join(' or ')}`);
  }

  #checkWorker(workerId: WorkerId, months: ReadonlySet<string>): void {
    const paid = new Set([...(this.#paidMonths.get(workerId) ?? []), ...(this.#government.get(workerId) ?? [])]);
    const same = paid.size === months.size && [...paid].every((month) => months.has(month));
    if (!same)
      this.#violated('I3', `worker ${workerId} counts months ${[...months].sort()}, the covers ${[...paid].sort()}`);
  }

  #checkAccounts(): void {
    for (const [account, balance] of this.#balances.entries()) {
      if (!account.startsWith('fund:')) continue;
      if (balance < 0) this.#violated('I1', `${account} is negative: ${balance}`);
      const remaining = this.#fundRemaining.of(account);
      if (balance !== remaining)
        this.#violated('I2', `${account} holds ${balance}, its donations have ${remaining} left`);
    }
    // Nothing is expected in `gathered`: what goes in comes out within the same transaction.
    for (const account of [ACCOUNTS.committed, ACCOUNTS.contributions, ACCOUNTS.gathered])
      this.#checkBalance(account, 'the covers');
    const accounts = [...this.#balances.entries(), ...this.#expected.entries()].map(([account]) => account);
    for (const account of new Set(accounts.filter((name) => name.startsWith('fees:'))))
      this.#checkBalance(account, 'the donations');
    const known = new Set([...this.#donations.keys(), GUARANTEE_DONOR]);
    for (const [donationId] of this.#shares.entries())
      if (!known.has(donationId)) this.#violated('I2', `covers name donation ${donationId}, which does not exist`);
  }

  #checkBalance(account: string, who: string): void {
    const [holds, expected] = [this.#balances.of(account), this.#expected.of(account)];
    if (holds !== expected) this.#violated('I1', `${account} holds ${holds}, ${who} say ${expected}`);
  }

  #violated(invariant: Violation['invariant'], detail: string): void {
    this.#violations.push({ invariant, detail });
  }
}
