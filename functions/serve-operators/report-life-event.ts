/** Takes in what happened to a worker: recorded once with its maker, and the fund's writers are asked for what follows. */
import * as z from 'zod';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import { type Cover, hasLapsedBy } from '../../shared/domain/cover.ts';
import { addMonths, type CivilDate, civilDateOf, type Instant, isCivilDate } from '../../shared/domain/dates.ts';
import type { CoverId, WorkerId } from '../../shared/domain/ids.ts';
import {
  effectiveDay,
  LIFE_EVENT_KINDS,
  type LifeEvent,
  type LifeEventKind,
  monthsFrom,
} from '../../shared/domain/life-events.ts';
import type { WorkerRow } from '../../shared/domain/worker.ts';
import { endingsAsked } from '../../shared/endings.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { FundMessage } from '../../shared/messages.ts';
import type { RecordedEvent } from '../../shared/store/life-events.ts';

export interface ReportLifeEventDependencies {
  readonly now: () => Instant;
  readonly readWorker: (workerId: WorkerId) => Promise<WorkerRow | null>;
  readonly coversOfWorker: (workerId: WorkerId) => Promise<Cover[]>;
  readonly readLifeEvent: (name: Pick<LifeEvent, 'workerId' | 'on' | 'kind'>) => Promise<RecordedEvent | null>;
  /** False where the worker or a cover changed since it was read. */
  readonly recordLifeEvent: (event: RecordedEvent & LifeEvent, worker: WorkerRow) => Promise<boolean>;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
}

const MONTHS_AT_ONCE = 24;

export const lifeEventSchema = z.strictObject({
  kind: z.enum(LIFE_EVENT_KINDS),
  on: z.string().refine(isCivilDate) as unknown as z.ZodType<CivilDate, CivilDate>,
  /** How many months the government pays. */
  months: z.int().min(1).max(MONTHS_AT_ONCE).optional(),
});
export type ReportedEvent = z.infer<typeof lifeEventSchema>;

const TRIES = 5;
const FROM_A_MONTH_ON: ReadonlySet<LifeEventKind> = new Set(['wage_earning', 'government_paid', 'withdrawn']);

/**
 * Reported again it changes nothing, but asks again for what is still to be done.
 *
 * @throws Permanent `not_found`, `field_invalid`, `field_missing`, `event_contradiction`, Transient `contention`
 */
export async function reportLifeEvent(
  workerId: WorkerId,
  reported: ReportedEvent,
  recordedBy: OperatorId,
  dependencies: ReportLifeEventDependencies,
): Promise<{ event: RecordedEvent; isNew: boolean }> {
  const on = effectiveDay(reported.kind, reported.on);
  checkReport(reported, civilDateOf(dependencies.now()));
  const name = { workerId, on, kind: reported.kind };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const worker = await dependencies.readWorker(workerId);
    if (!worker) throw new Permanent('not_found', { detail: `worker ${workerId}` });
    const covers = await dependencies.coversOfWorker(workerId);
    const known = await dependencies.readLifeEvent(name);
    if (known) {
      if ((known.monthsPaid ?? undefined) !== reported.months) throw new Permanent('event_contradiction');
      await askFunds(name, covers, dependencies);
      return { event: known, isNew: false };
    }
    if (reported.kind === 'claim_closed' && !worker.claimOpenSince)
      throw new Permanent('not_found', { field: 'kind', detail: 'no claim is open' });
    const event = eventOf(name, reported, covers, { recordedAt: dependencies.now(), recordedBy });
    if (!(await dependencies.recordLifeEvent(event, worker))) continue;
    await askFunds(name, covers, dependencies);
    return { event, isNew: true };
  }
  throw new Transient('contention', { detail: `worker ${workerId}` });
}

/** What already happened cannot lie ahead; what begins with a month may be known a year before. */
function checkReport({ kind, on, months }: ReportedEvent, today: CivilDate): void {
  const latest = FROM_A_MONTH_ON.has(kind) ? addMonths(today, 12) : today;
  if (on > latest) throw new Permanent('field_invalid', { field: 'on', detail: `on must not be after ${latest}` });
  if (kind === 'government_paid' && months === undefined)
    throw new Permanent('field_missing', { field: 'months', detail: 'how many months does the government pay?' });
  if (kind !== 'government_paid' && months !== undefined)
    throw new Permanent('field_invalid', { field: 'months', detail: 'months belong to government_paid' });
}

function eventOf(
  name: Pick<LifeEvent, 'workerId' | 'on' | 'kind'>,
  { kind, months }: ReportedEvent,
  covers: readonly Cover[],
  maker: Pick<LifeEvent, 'recordedAt' | 'recordedBy'>,
): RecordedEvent & LifeEvent {
  if (kind === 'claim_opened' || kind === 'claim_closed')
    return { ...name, ...maker, coverIds: claimed(kind, covers, civilDateOf(maker.recordedAt)) };
  if (months === undefined) return { ...name, ...maker };
  // A month that was handed to the registrar is paid by its donors; the government pays the others.
  const handedOver = new Set(covers.filter(({ state }) => state !== 'rejected').flatMap(monthsHandedOver));
  const free = monthsFrom(name.on, months).filter((month) => !handedOver.has(month));
  return { ...name, ...maker, monthsPaid: months, months: free };
}

function monthsHandedOver({ months, monthsPaid }: Cover) {
  return months.slice(0, monthsPaid).map(({ month }) => month);
}

function claimed(kind: LifeEventKind, covers: readonly Cover[], today: CivilDate): CoverId[] {
  const held =
    kind === 'claim_opened'
      ? covers.filter((cover) => cover.state === 'active' && !cover.claimOpenSince && !hasLapsedBy(cover, today))
      : covers.filter(({ claimOpenSince }) => claimOpenSince !== undefined);
  return held.map(({ coverId }) => coverId);
}

async function askFunds(
  { workerId, on, kind }: Pick<LifeEvent, 'workerId' | 'on' | 'kind'>,
  covers: readonly Cover[],
  { now, sendToFund }: ReportLifeEventDependencies,
): Promise<void> {
  const at = now();
  for (const message of endingsAsked({ kind, on }, covers, civilDateOf(at)))
    await sendToFund(message, `${workerId}:${on}:${kind}:${at}`);
}
