/**
 * Whom a fund may cover next, in one fixed order (I5): a named list by itself; otherwise, cover by cover, the next whose
 * cover ends or the next new start, as the policy's shares have it. An empty side yields to the other. A soft earmark
 * is such an order of those it names, and behind it one of everybody.
 */
import { firstMonthFor } from '../../shared/domain/continuation.ts';
import type { CivilDate } from '../../shared/domain/dates.ts';
import { type Candidate, type Earmark, type FundDescriptor, fundAllows } from '../../shared/domain/fund.ts';
import type { WorkerId } from '../../shared/domain/ids.ts';
import { type AllocationPolicy, groupRank, isContinuityTurn } from '../../shared/domain/policy.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import type { Continuing, ContinuityQuestion, Looks } from '../../shared/store/continuing.ts';

/** A candidate, and the rule that chose it. */
export interface Chosen extends Candidate {
  readonly reason: ReasonCode;
}

/** Where candidates are read from, each in its own fixed order. */
export interface CandidateSources {
  readonly waiting: (policy: AllocationPolicy, region: string | undefined) => AsyncIterable<Candidate>;
  readonly continuing: (question: ContinuityQuestion, looks: Looks) => AsyncIterable<Continuing>;
  readonly named: (workerIds: readonly WorkerId[], question: ContinuityQuestion) => AsyncIterable<Candidate>;
  readonly renewed: (orderReference: string, question: ContinuityQuestion) => AsyncIterable<Candidate>;
}

/** One turn of a fund's writer looks at so many covers that end, a second's reading; the next turn goes on. */
const LOOKS_PER_TURN = 2_000;

type Allows = (candidate: Candidate) => boolean;

/** One order of candidates, read as far as somebody looks. */
class Line {
  readonly #source: AsyncIterator<Continuing>;
  readonly #allows: Allows;
  readonly #reasonOf: (candidate: Candidate) => ReasonCode;
  readonly #seen = new Set<WorkerId>();
  #ahead: Chosen[] = [];
  #ended = false;
  looked = 0;
  isCutShort = false;

  constructor(source: AsyncIterable<Continuing>, allows: Allows, reasonOf: (candidate: Candidate) => ReasonCode) {
    this.#source = source[Symbol.asyncIterator]();
    this.#allows = allows;
    this.#reasonOf = reasonOf;
  }

  async at(place: number): Promise<Chosen | undefined> {
    while (this.#ahead.length <= place && !this.#ended) await this.#readOn();
    return this.#ahead[place];
  }

  drop(gone: ReadonlySet<WorkerId>): void {
    this.#ahead = this.#ahead.filter(({ workerId }) => !gone.has(workerId));
  }

  async #readOn(): Promise<void> {
    const { done, value } = await this.#source.next();
    this.isCutShort ||= value === 'cut short';
    this.#ended = done === true || this.isCutShort;
    if (this.#ended) return;
    this.looked += 1;
    // An index that lags may show a worker at two places.
    if (this.#seen.has(value.workerId)) return;
    this.#seen.add(value.workerId);
    if (this.#allows(value)) this.#ahead.push({ ...value, reason: this.#reasonOf(value) });
  }
}

/** Two lines that take turns; a named list has no turns to take. */
interface Sides {
  readonly continuing: Line | null;
  readonly starting: Line;
}

export class CandidateQueue {
  readonly #sides: readonly Sides[];
  readonly #policy: AllocationPolicy;
  readonly #gone = new Set<WorkerId>();

  constructor(descriptor: FundDescriptor, policy: AllocationPolicy, today: CivilDate, sources: CandidateSources) {
    this.#policy = policy;
    const looks = { left: LOOKS_PER_TURN };
    this.#sides = ordersOf(descriptor, today).map((order) => sidesOf(order, { policy, today }, sources, looks));
  }

  /** How many the choice has looked at. */
  get looked(): number {
    return this.#lines().reduce((sum, { looked }) => sum + looked, 0);
  }

  /** There may be more, but not in this turn. */
  get isCutShort(): boolean {
    return this.#lines().some(({ isCutShort }) => isCutShort);
  }

  /**
   * The next so many, in order; they stay until dropped.
   *
   * @param coversBought by the fund before the first of them
   */
  async peek(count: number, coversBought: number): Promise<Chosen[]> {
    const found: Chosen[] = [];
    for (const sides of this.#sides) {
      await this.#take(sides, count, coversBought, found);
      if (found.length === count || isUncertain(sides)) break;
    }
    return found;
  }

  /** Takes candidates out: bought for, or found changed since they were read. */
  drop(workerIds: Iterable<WorkerId>): void {
    for (const workerId of workerIds) this.#gone.add(workerId);
    for (const line of this.#lines()) line.drop(this.#gone);
  }

  async #take({ continuing, starting }: Sides, count: number, coversBought: number, found: Chosen[]): Promise<void> {
    const places = new Map<Line | null, number>();
    const chosen = new Set(found.map(({ workerId }) => workerId));
    while (found.length < count) {
      const isTurn = isContinuityTurn(this.#policy, coversBought + found.length);
      const [first, second] = isTurn ? [continuing, starting] : [starting, continuing];
      let line: Line | null = first;
      let next = await line?.at(places.get(line) ?? 0);
      // Who comes next on this side is not known in this turn: the other side may not take the place.
      if (!next && line?.isCutShort) return;
      if (!next) {
        line = second;
        next = await line?.at(places.get(line) ?? 0);
      }
      if (!next) return;
      places.set(line, (places.get(line) ?? 0) + 1);
      if (this.#gone.has(next.workerId) || chosen.has(next.workerId)) continue;
      chosen.add(next.workerId);
      found.push(next);
    }
  }

  #lines(): Line[] {
    return this.#sides.flatMap(({ continuing, starting }) => (continuing ? [continuing, starting] : [starting]));
  }
}

function isUncertain({ continuing }: Sides): boolean {
  return continuing?.isCutShort === true;
}

/** Whom the money is for, one after the other. */
function ordersOf(descriptor: FundDescriptor, today: CivilDate): FundDescriptor[] {
  const { mode = 'hard', expiresOn, fallback = 'hold' } = descriptor.earmark;
  const isExpired = expiresOn !== undefined && today >= expiresOn;
  if (isExpired && fallback === 'return') return [];
  const everybody = { ...descriptor, earmark: {} };
  const isWide = mode === 'soft' || (isExpired && fallback === 'widen');
  return isWide ? [descriptor, everybody] : [descriptor];
}

function sidesOf(
  descriptor: FundDescriptor,
  { policy, today }: Omit<ContinuityQuestion, 'descriptor'>,
  sources: CandidateSources,
  looks: Looks,
): Sides {
  const question = { descriptor, policy, today };
  const { earmark, fundClass } = descriptor;
  const isOwnMoney = fundClass === 'self';
  const allows: Allows = (candidate) =>
    fundAllows(descriptor, candidate, firstMonthFor(candidate, descriptor, today)) &&
    (isOwnMoney || candidate.donatedTerms < (policy.donatedTermsCap ?? Number.POSITIVE_INFINITY));
  const list = listedBy(earmark, question, sources);
  const reason = isOwnMoney ? 'self_paid' : earmark.workers ? 'named_by_donor' : 'renewed_by_donor';
  if (list) return { continuing: null, starting: new Line(list, allows, () => reason) };
  const reasonOf = (candidate: Candidate) =>
    groupRank(policy, candidate) < policy.priorityGroups.length ? 'priority_group' : 'oldest_waiting';
  return {
    continuing: new Line(sources.continuing(question, looks), allows, () => 'continuity'),
    starting: new Line(sources.waiting(policy, earmark.region), allows, reasonOf),
  };
}

function listedBy(
  { workers, renewalOf }: Earmark,
  question: ContinuityQuestion,
  { named, renewed }: CandidateSources,
): AsyncIterable<Candidate> | null {
  if (workers) return named(workers, question);
  return renewalOf === undefined ? null : renewed(renewalOf, question);
}
