/** What waits at the registrar's office for so long that a person must ask: batches nobody answered, lines nobody settled. */
import { addSeconds, type Instant } from '../../shared/domain/dates.ts';
import type { AllocationId } from '../../shared/domain/ids.ts';
import type { ParkedLine } from '../../shared/store/registrar-parked.ts';

export interface CountRegistrarDependencies {
  readonly now: () => Instant;
  readonly enrolmentsDue: (before: Instant) => Promise<AllocationId[]>;
  readonly listParked: () => Promise<Pick<ParkedLine, 'parkedAt' | 'settledAt'>[]>;
}

const DAY_SECONDS = 86_400;
/** An office answers on working days. */
const BATCH_PATIENCE_SECONDS = 3 * DAY_SECONDS;
const LINE_PATIENCE_SECONDS = DAY_SECONDS;

export interface RegistrarCount {
  /** Bought longer ago, and not answered in full. */
  readonly batchesUnanswered: number;
  /** Lines of its answers that wait longer for a person. */
  readonly linesParked: number;
}

export async function countRegistrar(dependencies: CountRegistrarDependencies): Promise<RegistrarCount> {
  const now = dependencies.now();
  const batches = await dependencies.enrolmentsDue(addSeconds(now, -BATCH_PATIENCE_SECONDS));
  const since = addSeconds(now, -LINE_PATIENCE_SECONDS);
  const parked = (await dependencies.listParked()).filter(
    ({ parkedAt, settledAt }) => settledAt === undefined && parkedAt < since,
  );
  return { batchesUnanswered: batches.length, linesParked: parked.length };
}
