/** What happened, as far as the choice of whom a gift covers depends on it; read from the rows of the books. */
import { civilDateOf, type Instant } from '../../../shared/domain/dates.ts';
import type { Donation } from '../../../shared/domain/donation.ts';
import type { FundDescriptor } from '../../../shared/domain/fund.ts';
import { GATHERED_GATEWAY } from '../../../shared/domain/gathering.ts';
import type { CoverId, FundId, WorkerId } from '../../../shared/domain/ids.ts';
import { endingOf, type LifeEvent } from '../../../shared/domain/life-events.ts';
import { addRupiah, type Rupiah, ZERO_RUPIAH } from '../../../shared/domain/money.ts';
import type { WorkerRow } from '../../../shared/domain/worker.ts';
import { coverOf } from '../../../shared/store/covers.ts';
import { donationOf } from '../../../shared/store/donations.ts';
import type { Row } from '../../../shared/store/table.ts';
import { workerOf } from '../../../shared/store/workers.ts';
import type { ScanRows } from '../../prove-ledger/prove-ledger.ts';

/** A gift and the money of it that could buy cover; what went back unspent never could. */
export interface PastGift {
  readonly donation: Donation;
  readonly at: Instant;
  readonly spendableRupiah: Rupiah;
}

export interface History {
  readonly funds: ReadonlyMap<FundId, FundDescriptor>;
  readonly workers: readonly WorkerRow[];
  readonly gifts: readonly PastGift[];
  readonly lifeEvents: readonly (LifeEvent & { readonly recordedAt: Instant })[];
  /** Covers the registrar would not have, whoever bought them: it judges the worker. */
  readonly rejected: ReadonlySet<CoverId>;
  /** How many donated covers each worker really got. */
  readonly covers: ReadonlyMap<WorkerId, number>;
}

const TYPES = ['fund', 'worker', 'donation', 'cover', 'life_event'] as const;

/** Reads every row of these types once and keeps them in memory: some 2 KB a worker. */
export async function readHistory(scanRows: ScanRows): Promise<History> {
  const rows: Record<(typeof TYPES)[number], Row[]> = { fund: [], worker: [], donation: [], cover: [], life_event: [] };
  for await (const page of scanRows({ types: TYPES }))
    for (const row of page) rows[row.type as (typeof TYPES)[number]].push(row);
  const covers = rows.cover.map(coverOf);
  const given = covers.filter(({ state, fundId }) => state !== 'rejected' && !fundId.startsWith('self-'));
  const counts = new Map<WorkerId, number>();
  for (const { workerId } of given) counts.set(workerId, (counts.get(workerId) ?? 0) + 1);
  return {
    funds: new Map(rows.fund.map((row) => [row.fundId as FundId, row.descriptor as FundDescriptor])),
    workers: rows.worker.map(workerOf),
    gifts: rows.donation.flatMap(giftOf),
    lifeEvents: (rows.life_event as unknown as History['lifeEvents'][number][]).filter(
      (event) => (event.kind as string) !== 'reactivated' && endingOf(event) !== null,
    ),
    rejected: new Set(covers.flatMap(({ coverId, reason }) => (reason?.startsWith('registrar_') ? [coverId] : []))),
    covers: counts,
  };
}

/** What was gathered from donors is theirs, and counted there. */
function giftOf(row: Row): PastGift[] {
  const { donation } = donationOf(row);
  const { paidAt, firstSeenAt, allocatedRupiah, remainingRupiah, reattributeRupiah, guaranteedRupiah } = donation;
  if (donation.gateway === GATHERED_GATEWAY || donation.status !== 'paid' || !paidAt) return [];
  const guaranteed = addRupiah(reattributeRupiah, guaranteedRupiah ?? ZERO_RUPIAH);
  const spendableRupiah = addRupiah(allocatedRupiah, remainingRupiah, guaranteed);
  const at = paidAt > firstSeenAt ? paidAt : firstSeenAt;
  return spendableRupiah > 0 ? [{ donation, at, spendableRupiah }] : [];
}

/** The day on which the history begins. */
export function firstDayOf({ workers, gifts }: History, today: Instant) {
  const instants = [...workers.map(({ waitingSince }) => waitingSince), ...gifts.map(({ at }) => at), today];
  return civilDateOf(instants.reduce((first, at) => (at < first ? at : first)));
}
