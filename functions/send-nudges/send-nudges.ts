/**
 * One page of reminders, held by one process at a time. Each is asked again just before it goes out whether it still may
 * (a page can wait in a queue while a worker pays), then claimed, then sent under its own id. After a crash between
 * claim and send the next holder asks the provider first, so a reminder goes out at most once (I7).
 */
import type { Cover } from '../../shared/domain/cover.ts';
import { civilDateOf, type Instant, monthOf } from '../../shared/domain/dates.ts';
import type { CoverId, WorkerId } from '../../shared/domain/ids.ts';
import { nudgeRefusal } from '../../shared/domain/nudge.ts';
import { nudgeText } from '../../shared/domain/nudge-texts.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { priceOfMonth } from '../../shared/domain/tariff.ts';
import type { Person, WorkerRow } from '../../shared/domain/worker.ts';
import { Duplicate, Transient } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { Channel, Messaging, SendOutcome } from '../../shared/ports/messaging.ts';
import { batchIdOf, type Delivery, type Hold } from '../../shared/store/nudge-pages.ts';
import { type ClaimOutcome, type NudgeBatch, type NudgeClaim, nudgeIdOf } from '../../shared/store/nudges.ts';

export interface SendNudgesDependencies {
  readonly now: () => Instant;
  readonly readCovers: (coverIds: readonly CoverId[]) => Promise<Cover[]>;
  readonly readWorkers: (workerIds: readonly WorkerId[]) => Promise<Map<WorkerId, WorkerRow>>;
  /** Sealed until one is asked for: only those who get a message are opened. */
  readonly readPeople: (workerIds: readonly WorkerId[]) => Promise<(workerId: WorkerId) => Promise<Person | null>>;
  readonly holdNudgePage: (batchId: string, delivery: Delivery, at: Instant) => Promise<Hold>;
  readonly claimNudge: (claim: NudgeClaim) => Promise<ClaimOutcome>;
  readonly readNudgeBatch: (batchId: string) => Promise<NudgeBatch | null>;
  readonly finishNudgeBatch: (batchId: string, batch: NudgeBatch) => Promise<void>;
  readonly messaging: Messaging;
  readonly log: Log;
}

export interface NudgeTally {
  readonly sent: number;
  readonly failed: number;
  /** Skipped with a reason, or done by somebody else. */
  readonly settled: number;
}

interface Page {
  readonly dependencies: SendNudgesDependencies;
  readonly message: NudgeMessage;
  readonly batchId: string;
  readonly readPerson: (workerId: WorkerId) => Promise<Person | null>;
}

interface Result {
  readonly nudgeId: string;
  readonly outcome: SendOutcome | 'settled';
}

const CHANNEL: Channel = 'whatsapp';
const CONCURRENT_NUDGES = 8;

/**
 * @throws Duplicate where the page is finished or another message's, Transient while another process has it from the
 * same delivery or where some of it cannot be sent now
 */
export async function sendNudges(
  message: NudgeMessage,
  delivery: Delivery,
  dependencies: SendNudgesDependencies,
): Promise<NudgeTally> {
  const batchId = batchIdOf(message);
  const hold = await dependencies.holdNudgePage(batchId, delivery, dependencies.now());
  // Asked after the hold: who had it before may have finished just then.
  if (await dependencies.readNudgeBatch(batchId)) throw new Duplicate(`page ${batchId} was sent before`);
  if (hold === 'elsewhere') throw new Duplicate(`page ${batchId} is in hand of another message`);
  if (hold === 'at once') throw new Transient('contention', { detail: `page ${batchId} was delivered twice at once` });
  const covers = await dependencies.readCovers(message.coverIds);
  const workers = await dependencies.readWorkers([...new Set(covers.map(({ workerId }) => workerId))]);
  const readPerson = await dependencies.readPeople(covers.map(({ workerId }) => workerId));
  const page = { dependencies, message, batchId, readPerson };
  const errors: unknown[] = [];
  const results = await inParallel(covers, CONCURRENT_NUDGES, (cover) =>
    sendNudge(page, cover, workers.get(cover.workerId)).catch((error: unknown) => {
      errors.push(error);
      return null;
    }),
  );
  // One that cannot be sent now keeps no other back, but the page is not finished and comes again.
  if (errors.length > 0) throw errors[0];
  return finish(page, results as Result[]);
}

async function sendNudge(
  { dependencies, message: { step, endDate }, batchId, readPerson }: Page,
  cover: Cover,
  worker: WorkerRow | undefined,
): Promise<Result> {
  const at = dependencies.now();
  const name = { coverId: cover.coverId, endDate, step, channel: CHANNEL };
  const nudgeId = nudgeIdOf(name);
  const refusal = refusalOf(cover, worker, { step, endDate }, at);
  const person = refusal ? null : await readPerson(cover.workerId);
  const skipped = refusal ?? (person?.phone ? null : 'no_contact');
  const claim = await dependencies.claimNudge({ ...name, batchId, at, ...(skipped ? { skipped } : {}) });
  if (claim === 'settled') return { nudgeId, outcome: 'settled' };
  const before = claim === 'again' ? await dependencies.messaging.find(nudgeId) : null;
  if (before) return { nudgeId, outcome: before };
  // Claimed before a crash and not allowed any more: the claim stands, so the reason goes into the account of the page.
  if (skipped) return { nudgeId, outcome: { outcome: 'failed', reason: skipped } };
  return { nudgeId, outcome: await send(dependencies.messaging, nudgeId, name, cover, worker!, person!) };
}

function refusalOf(
  cover: Cover,
  worker: WorkerRow | undefined,
  { step, endDate }: Pick<NudgeMessage, 'step' | 'endDate'>,
  at: Instant,
): ReasonCode | null {
  if (!worker) return 'no_contact';
  if (worker.state === 'deceased') return 'worker_deceased';
  if (worker.state === 'withdrawn') return 'worker_withdrawn';
  return nudgeRefusal(cover, endDate, step, worker, civilDateOf(at));
}

function send(
  messaging: Messaging,
  key: string,
  { endDate, step, channel }: Pick<NudgeClaim, 'endDate' | 'step' | 'channel'>,
  cover: Cover,
  { language }: WorkerRow,
  { phone }: Person,
): Promise<SendOutcome> {
  const monthlyRupiah = priceOfMonth(cover.package, cover.sector, monthOf(endDate));
  const text = nudgeText({ step, endDate, monthlyRupiah }, language);
  return messaging.send({
    key,
    channel,
    to: phone as string,
    language,
    text,
    about: { coverId: cover.coverId, step },
  });
}

async function finish({ dependencies, message, batchId }: Page, results: readonly Result[]): Promise<NudgeTally> {
  const failed: Record<string, ReasonCode> = {};
  let sent = 0;
  for (const { nudgeId, outcome } of results) {
    if (outcome === 'settled') continue;
    if (outcome.outcome === 'failed') failed[nudgeId] = outcome.reason;
    else sent += 1;
  }
  await dependencies.finishNudgeBatch(batchId, { finishedAt: dependencies.now(), sent, failed });
  const failures = Object.keys(failed).length;
  const tally = { sent, failed: failures, settled: results.length - sent - failures };
  const { cohortId, step, endDate } = message;
  dependencies.log.info('reminders sent', { cohortId, step, endDate, batchId, ...tally });
  return tally;
}
