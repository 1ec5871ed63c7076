/** The numbers of the whole, counted from the rows themselves in one pass. */

import type { Cover } from '../../shared/domain/cover.ts';
import type { CivilDate, Instant } from '../../shared/domain/dates.ts';
import { type Donation, donationState } from '../../shared/domain/donation.ts';
import { GATHERED_GATEWAY } from '../../shared/domain/gathering.ts';
import type { CoverId } from '../../shared/domain/ids.ts';
import { coverOf } from '../../shared/store/covers.ts';
import { donationOf } from '../../shared/store/donations.ts';
import type { NudgeBatch } from '../../shared/store/nudges.ts';
import type { Row } from '../../shared/store/table.ts';
import type { ScanRows } from '../prove-ledger/prove-ledger.ts';
import { seeCovers, workerState } from './views.ts';

const COUNTED_TYPES = ['worker', 'cover', 'donation', 'quarantine'] as const;

class Counts {
  readonly #counts: Record<string, number> = {};
  add(name: string, amount = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + amount;
  }
  toJSON(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** When each gateway was last heard of: one that fell silent does not say so. */
class Gateways {
  readonly #heard: Record<string, { donations: number; lastNewAt: Instant }> = {};
  add({ gateway, firstSeenAt }: Donation): void {
    const { donations = 0, lastNewAt = firstSeenAt } = this.#heard[gateway] ?? {};
    this.#heard[gateway] = { donations: donations + 1, lastNewAt: lastNewAt > firstSeenAt ? lastNewAt : firstSeenAt };
  }
  toJSON() {
    return Object.fromEntries(Object.entries(this.#heard).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** What reminders came to: failures are named in the row of their page, so they are taken off those claimed. */
function countNudges(rows: readonly Row[], batches: ReadonlyMap<string, Row>): Record<string, Record<string, number>> {
  const steps: Record<string, Counts> = {};
  for (const row of rows) {
    const step = row.step as string;
    steps[step] ??= new Counts();
    const batch = batches.get(row.batchId as string) as NudgeBatch | undefined;
    const isTold = batch && (batch.finishedAt !== undefined || batch.coverIds?.includes(row.coverId as CoverId));
    const state = row.state === 'skipped' ? `skipped:${row.reason}` : isTold ? 'sent' : 'claimed';
    steps[step].add(state);
  }
  for (const batch of batches.values())
    for (const reason of Object.values(batch.failed as Record<string, string>))
      steps.failed = counted(steps.failed, reason);
  return Object.fromEntries(Object.entries(steps).map(([step, counts]) => [step, counts.toJSON()]));
}

function counted(counts: Counts | undefined, name: string): Counts {
  const all = counts ?? new Counts();
  all.add(name);
  return all;
}

function countContributions(covers: readonly Cover[]): Record<string, { covers: number; amountRupiah: number }> {
  const months: Record<string, { covers: number; amountRupiah: number }> = {};
  for (const cover of covers) {
    for (const { month, priceRupiah } of cover.months.slice(0, cover.monthsPaid)) {
      const total = months[month] ?? { covers: 0, amountRupiah: 0 };
      months[month] = { covers: total.covers + 1, amountRupiah: total.amountRupiah + priceRupiah };
    }
  }
  return Object.fromEntries(Object.entries(months).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const DONATION_PARTS = {
  receivedRupiah: 'receivedRupiah',
  feesRupiah: 'feeRupiah',
  refundedRupiah: 'refundedRupiah',
  allocatedRupiah: 'allocatedRupiah',
  remainingRupiah: 'remainingRupiah',
} as const;

export interface CountedRows {
  readonly scanRows: ScanRows;
  readonly scanReminders: () => AsyncIterable<Row[]>;
}

export async function countEverything({ scanRows, scanReminders }: CountedRows, today: CivilDate, at: Instant) {
  const byType = new Map<string, Row[]>();
  for (const pages of [scanRows({ types: COUNTED_TYPES }), scanReminders()])
    for await (const page of pages)
      for (const row of page) {
        const rows = byType.get(row.type as string);
        if (rows) rows.push(row);
        else byType.set(row.type as string, [row]);
      }
  const covers = (byType.get('cover') ?? []).map(coverOf);
  const seen = await seeCovers(covers, today);
  const seenById = new Map(seen.map((each) => [each.cover.coverId, each]));
  const workers = new Counts();
  const coverStates = new Counts();
  const donationStates = new Counts();
  const gateways = new Gateways();
  const totals = new Counts();
  /** Gathered gifts are made of donations counted already: only what of them waits is told. */
  const gathered = new Counts();
  for (const row of byType.get('worker') ?? []) workers.add(workerState(row, seenById));
  for (const { state } of seen) coverStates.add(state);
  for (const { donation } of (byType.get('donation') ?? []).map(donationOf)) {
    if (donation.gateway === GATHERED_GATEWAY) {
      gathered.add('remainingRupiah', donation.remainingRupiah);
      continue;
    }
    donationStates.add(donationState(donation));
    gateways.add(donation);
    for (const [name, part] of Object.entries(DONATION_PARTS)) totals.add(name, donation[part]);
  }
  const batches = new Map((byType.get('nudge_batch') ?? []).map((row) => [row.batchId as string, row]));
  return {
    at,
    workers: workers.toJSON(),
    covers: coverStates.toJSON(),
    donations: donationStates.toJSON(),
    gateways: gateways.toJSON(),
    totals: totals.toJSON(),
    gathered: gathered.toJSON(),
    contributions: countContributions(covers.filter(({ state }) => state !== 'rejected')),
    nudges: countNudges(byType.get('nudge') ?? [], batches),
    quarantine: countStates(byType.get('quarantine') ?? []),
  };
}

function countStates(rows: readonly Row[]): Record<string, number> {
  const counts = new Counts();
  for (const row of rows) counts.add(row.state as string);
  return counts.toJSON();
}
