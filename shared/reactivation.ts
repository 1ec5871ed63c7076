/** Workers whose cover lapsed, or who came back, stand in line again: the same person, the next cover. */
import type { OperatorId } from './domain/cash-receipt.ts';
import { type Cover, coverState } from './domain/cover.ts';
import { civilDateOf, type Instant } from './domain/dates.ts';
import type { CoverId, ImportId, WorkerId } from './domain/ids.ts';
import type { ReasonCode } from './domain/reasons.ts';
import type { WorkerRow } from './domain/worker.ts';
import { Transient } from './errors.ts';
import { readCover } from './store/covers.ts';
import { eventPut } from './store/life-events.ts';
import { transact } from './store/table.ts';
import { noteRegion } from './store/waiting.ts';
import { backInLine, readPlacedWorker } from './store/workers.ts';

export interface Reactivation {
  readonly at: Instant;
  /** An operator, or the line of a roster. */
  readonly by: string;
  readonly recordedBy: OperatorId | ImportId;
  /** A person decides about one who withdrew; a roster does not. */
  readonly alsoWithdrawn: boolean;
}

export type ReactivationOutcome =
  /** `known`: this very reactivation was done before, or the worker stands in line anyway. */
  { readonly outcome: 'reactivated' | 'known' } | { readonly outcome: 'refused'; readonly reason: ReasonCode };

const TRIES = 5;

export async function reactivate(workerId: WorkerId, reactivation: Reactivation): Promise<ReactivationOutcome> {
  const { at, by } = reactivation;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const placed = await readPlacedWorker(workerId);
    if (!placed) return { outcome: 'refused', reason: 'not_found' };
    const { worker, isInLine, reactivatedBy } = placed;
    if (reactivatedBy === by) return { outcome: 'reactivated' };
    if (isInLine) return { outcome: 'known' };
    const latest = worker.currentCoverId ? await readCover(worker.currentCoverId as CoverId) : null;
    const reason = refusal(worker, latest, reactivation);
    if (reason) return { outcome: 'refused', reason };
    await noteRegion(worker.region);
    const event = { workerId, on: civilDateOf(at), kind: 'reactivated' as const, recordedAt: at };
    const { ok } = await transact([
      backInLine(worker, at, by, latest?.state === 'active' ? latest.coverId : null),
      eventPut({ ...event, recordedBy: reactivation.recordedBy }),
    ]);
    if (ok) return { outcome: 'reactivated' };
  }
  throw new Transient('contention', { detail: `worker ${workerId}` });
}

const RUNNING: ReadonlySet<string> = new Set(['reserved', 'active', 'expiring', 'renewed', 'expired_in_grace']);

function refusal(worker: WorkerRow, latest: Cover | null, { at, alsoWithdrawn }: Reactivation): ReasonCode | null {
  if (worker.state === 'deceased') return 'worker_deceased';
  if (worker.state === 'withdrawn' && !alsoWithdrawn) return 'worker_withdrawn';
  if (latest && RUNNING.has(coverState(latest, civilDateOf(at), false))) return 'cover_running';
  return null;
}
