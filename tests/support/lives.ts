/** Lives of workers as a test writes them down: covers one after the other, each with its months and givers. */
import type { Cover } from '../../shared/domain/cover.ts';
import { addMonths, type CivilDate, type Instant, instantOfDate, monthOf } from '../../shared/domain/dates.ts';
import { coverIdOf, type WorkerId } from '../../shared/domain/ids.ts';
import type { MetricsWorker } from '../../shared/domain/metrics.ts';
import { rupiah } from '../../shared/domain/money.ts';

export function workerOf(changes: Partial<MetricsWorker> = {}): MetricsWorker {
  return {
    workerId: 'wrk_a' as WorkerId,
    region: '33.72',
    occupation: 'buruh',
    sector: 'non_transport',
    disability: false,
    state: 'waiting',
    waitingSince: '2026-11-01T03:00:00.000Z' as Instant,
    ...changes,
  };
}

export interface CoverSketch extends Partial<Cover> {
  readonly ordinal?: number;
  readonly from: string;
  readonly termMonths?: number;
  readonly fund?: string;
  /** Each gives as much as the others. */
  readonly givers?: readonly string[];
}

/** An active cover of so many months from a day, reserved that morning and paid up to its end. */
export function coverFrom({ ordinal = 1, from, fund = 'general', givers = ['don_a'], ...changes }: CoverSketch): Cover {
  const { termMonths = 3, workerId = 'wrk_a' as WorkerId } = changes;
  const startDate = from as CivilDate;
  const at = instantOfDate(startDate, 8);
  return {
    coverId: coverIdOf(workerId, ordinal),
    workerId,
    fundId: fund,
    allocationId: `alc_${fund}_${ordinal}`,
    package: 'JKK_JKM',
    sector: 'non_transport',
    region: '33.72',
    state: 'active',
    termMonths,
    months: Array.from({ length: termMonths }, (_, index) => ({
      month: monthOf(addMonths(startDate, index)),
      priceRupiah: rupiah(8_400 * givers.length),
      shares: givers.map((donationId) => ({ donationId, amountRupiah: rupiah(8_400) })),
    })),
    monthsPaid: termMonths,
    reservedAt: at,
    acceptedAt: at,
    startDate,
    endDate: addMonths(startDate, termMonths),
    ...changes,
  } as Cover;
}
