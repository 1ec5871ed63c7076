/** What must be true of the covers of each worker, one after the other, and of who paid for them. */
import { graceEndOf } from '../../shared/domain/cover.ts';
import { addMonths, anchoredDay, type CivilDate, type CivilMonth } from '../../shared/domain/dates.ts';
import { fundClassOf } from '../../shared/domain/fund.ts';
import type { FundId } from '../../shared/domain/ids.ts';
import { type Package, priceOfMonth, publishedBy, type Sector, type Tariff } from '../../shared/domain/tariff.ts';
import type { Item } from '../support/expressions.ts';
import { tariffOf } from './scenario.ts';
import type { Watch } from './watch.ts';
import type { World } from './world.ts';

interface Books {
  readonly watch: Watch;
  readonly rows: (type: string) => Item[];
}

interface Accepted {
  readonly coverId: string;
  readonly workerId: string;
  readonly startDate: CivilDate;
  readonly endDate: CivilDate;
  readonly state: string;
  readonly fundId: FundId;
  readonly package: Package;
  readonly sector: Sector;
  readonly monthsPaid: number;
  readonly termMonths: number;
  readonly months: readonly {
    readonly month: string;
    readonly priceRupiah: number;
    readonly shares: readonly { readonly donationId: string }[];
  }[];
  readonly anchorDay?: number;
  readonly renews?: string;
  readonly continuesFrom?: CivilDate;
  readonly renewedBy?: string;
}

function acceptedOf(rows: Books['rows']): Accepted[] {
  return rows('cover').filter(({ startDate, state }) => startDate && state !== 'rejected') as unknown as Accepted[];
}

/** Covers of one worker follow each other without a gap, or after the lapse; never two on one day. */
function windows({ watch, rows }: Books): void {
  for (const covers of Map.groupBy(acceptedOf(rows), ({ workerId }) => workerId).values()) {
    // One that ended before it began was never in the way of another.
    const began = covers.filter(({ startDate, endDate }) => startDate < endDate);
    const inLine = began.toSorted((a, b) => (a.startDate < b.startDate ? -1 : 1));
    for (const [index, after] of inLine.entries()) {
      const before = inLine[index - 1];
      if (before) follows(watch, before, after);
    }
  }
}

function follows(watch: Watch, before: Accepted, after: Accepted): void {
  const line = `${before.coverId} ${before.startDate} to ${before.endDate}, then ${after.coverId} from ${after.startDate}`;
  if (after.startDate < before.endDate) watch.violated('I3', `two covers on one day: ${line}`);
  // One that ended early has no grace: the next is a new beginning.
  if (before.state !== 'active') return;
  const lapsesOn = graceEndOf(before.startDate, before.months.length, before.anchorDay);
  // Where the office names another day than the one it was asked for, its word holds.
  const isOfficesDay = after.continuesFrom !== undefined && after.continuesFrom !== after.startDate;
  // A decree made its months dearer than the money left for them, after the next one was bought.
  const wasShortened = before.months.length < before.termMonths && after.startDate === after.continuesFrom;
  if (after.startDate !== before.endDate && after.startDate < lapsesOn && !isOfficesDay && !wasShortened)
    watch.violated('renewal', `neither from expiry nor after the lapse: ${line}`);
  if (after.continuesFrom && before.renewedBy !== after.coverId)
    watch.violated('renewal', `renewed, and the cover before does not know: ${line}`);
}

/** Whatever is bought when, a line of covers goes on counting from the day on which it began. */
function drift({ watch, rows }: Books): void {
  const covers = new Map(acceptedOf(rows).map((cover) => [cover.coverId, cover]));
  for (const cover of covers.values()) {
    const { coverId, startDate, endDate, months, state, anchorDay } = cover;
    if (state === 'active' && addMonths(startDate, months.length, anchorDay) !== endDate)
      watch.violated('dates', `${coverId} is of ${months.length} months from ${startDate} and ends on ${endDate}`);
    const before = cover.continuesFrom === startDate ? covers.get(cover.renews ?? '') : undefined;
    if (!before) continue;
    if (anchoredDay(startDate, anchorDay) !== anchoredDay(before.startDate, before.anchorDay))
      watch.violated('dates', `${coverId} counts from another day than ${before.coverId}`);
  }
}

/** What a worker pays buys nothing for anybody else, and the government's months are nobody else's. */
function ownMoney({ watch, rows }: Books): void {
  const payers = new Map(rows('donation').map(({ donationId, workerId }) => [donationId as string, workerId]));
  const workers = new Map(rows('worker').map((row) => [row.workerId as string, row]));
  for (const { coverId, workerId, months } of acceptedOf(rows)) {
    const government = workers.get(workerId)?.governmentMonths as Set<string> | undefined;
    for (const { month, shares } of months) {
      if (government?.has(month)) watch.violated('I3', `${month} of ${coverId} is paid by the government too`);
      for (const { donationId } of shares) {
        const payer = payers.get(donationId);
        if (payer && payer !== workerId) watch.violated('self-pay', `${payer} paid for ${coverId} of ${workerId}`);
      }
    }
  }
}

/** Months a worker's row names are those of the covers, and of the government. */
function paidMonths({ watch, rows }: Books): void {
  const bought = Map.groupBy(
    rows('cover').filter(({ state }) => state !== 'rejected') as unknown as Accepted[],
    ({ workerId }) => workerId,
  );
  for (const { workerId, paidMonths: kept, governmentMonths } of rows('worker')) {
    const months = (bought.get(workerId as string) ?? []).flatMap((cover) => cover.months.map(({ month }) => month));
    const expected = new Set([...months, ...((governmentMonths as Set<string> | undefined) ?? [])]);
    const actual = (kept as Set<string> | undefined) ?? new Set<string>();
    const [said, is] = [actual, expected].map((set) => [...set].sort().join(' '));
    if (said !== is) watch.violated('I3', `${workerId} is said to have ${said}, its covers ${is}`);
  }
}

/** A month costs what was decreed when its day came, or since, where it was paid later (I6). */
function prices({ watch, rows }: Books, tariff: Tariff): void {
  for (const { coverId, package: cover, sector, startDate, months, monthsPaid, anchorDay } of acceptedOf(rows))
    for (const [index, { month, priceRupiah }] of months.slice(0, monthsPaid).entries()) {
      if (index === 0) continue;
      const known = publishedBy(tariff, addMonths(startDate, index, anchorDay));
      const allowed = [known, tariff].map((each) => priceOfMonth(cover, sector, month as CivilMonth, each) as number);
      if (!allowed.includes(priceRupiah))
        watch.violated('I6', `${month} of ${coverId} was paid with ${priceRupiah}, and cost ${allowed.join(' or ')}`);
    }
}

/** Nobody has more donated covers than the policy allows. */
function cap({ watch, rows }: Books, most: number): void {
  const donated = acceptedOf(rows).filter(({ fundId }) => fundClassOf(fundId) !== 'self');
  for (const [workerId, covers] of Map.groupBy(donated, (cover) => cover.workerId))
    if (covers.length > most) watch.violated('policy', `${workerId} had ${covers.length} donated covers of ${most}`);
}

export function checkCovers(books: Books & { readonly world: World }): void {
  for (const check of [windows, drift, ownMoney, paidMonths]) check(books);
  prices(books, tariffOf(books.world));
  cap(books, books.world.scenario.policy.donatedTermsCap as number);
}
