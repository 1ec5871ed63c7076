/**
 * (d) How long the fund's writer takes for a worker, with ever more workers waiting. The waiting rows are put into the
 * table straight away; the gifts come in by the functions, and only `allocate-funds` is timed.
 */
import type { Instant } from '../../../shared/domain/dates.ts';
import type { WorkerId } from '../../../shared/domain/ids.ts';
import { newWorker, type WorkerProfile } from '../../../shared/domain/worker.ts';
import { noteRegion } from '../../../shared/store/waiting.ts';
import { newWorkerPut } from '../../../shared/store/workers.ts';
import { type Figure, median, type PartOptions, scaled } from '../figures.ts';
import { fillTable } from '../support/fill.ts';
import { TERM_RUPIAH } from '../support/gifts.ts';
import { allocate, bookGift, standStillAt } from '../support/stage.ts';
import { openSurroundings, type Surroundings } from '../support/surroundings.ts';

const SIZES = [1_000, 100_000, 1_000_000];
/** Ten allocations of thirty. */
const WORKERS_PER_GIFT = 300;
const GIFTS = 7;
const LIMIT = 1.2;
/** At the full tariff, so that a gift buys for as many as it is said to. */
const NOW = '2027-05-10T08:00:00+07:00';

const PROFILE: WorkerProfile = {
  region: '33.72',
  occupation: 'pedagang',
  sector: 'non_transport' as WorkerProfile['sector'],
  disability: false,
  mustahik: false,
  registrableUntilMonth: '2040-01' as WorkerProfile['registrableUntilMonth'],
  consentMessaging: true,
  language: 'id',
  source: 'bench',
  needsReview: false,
};

function rowOf(number: number) {
  const workerId = `wrk_${number.toString(16).padStart(20, '0')}` as WorkerId;
  const since = new Date(Date.UTC(2026, 0, 1) + number * 10).toISOString() as Instant;
  return newWorkerPut(newWorker(PROFILE, workerId, since)).Put?.Item as Record<string, unknown>;
}

/** Milliseconds a worker, the median of some gifts after one that only warms up; who is bought for is replaced. */
async function allocationMilliseconds(surroundings: Surroundings, next: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let gift = 0; gift <= GIFTS; gift += 1) {
    const message = await bookGift(surroundings, WORKERS_PER_GIFT * TERM_RUPIAH, Date.parse(NOW));
    const milliseconds = await allocate(message);
    if (gift > 0) times.push(milliseconds / WORKERS_PER_GIFT);
    await next();
  }
  return median(times);
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const surroundings = await openSurroundings();
  try {
    standStillAt(NOW);
    await noteRegion(PROFILE.region);
    let filled = 0;
    const fill = async (count: number) => {
      await fillTable(filled + 1, count, rowOf);
      filled += count;
    };
    const found: { size: number; milliseconds: number; fillSeconds: number }[] = [];
    for (const full of SIZES) {
      const size = scaled(full, scale, 1_000);
      const started = performance.now();
      await fill(Math.max(0, size - (found.at(-1)?.size ?? 0)));
      const fillSeconds = (performance.now() - started) / 1000;
      const milliseconds = await allocationMilliseconds(surroundings, () => fill(WORKERS_PER_GIFT));
      found.push({ size, milliseconds, fillSeconds });
    }
    const [least, most] = [found[0], found.at(-1)] as [(typeof found)[0], (typeof found)[0]];
    return [
      ...found.map(({ size, milliseconds, fillSeconds }) => ({
        name: `allocation of a worker, ${size.toLocaleString('en')} waiting`,
        value: milliseconds,
        unit: 'ms',
        note: `${GIFTS} gifts of ${WORKERS_PER_GIFT} terms; filled in ${fillSeconds.toFixed(1)} s`,
      })),
      { name: 'most to least waiting', value: most.milliseconds / least.milliseconds, unit: 'x', atMost: LIMIT },
    ];
  } finally {
    await surroundings.close();
  }
}
