/**
 * One page of reminders, held by one process at a time. Each is asked again just before it goes out whether it still may
 * (a page can wait while a worker pays, or sleeps), then claimed, then sent under its own id. After a crash between
 * claim and send the next holder asks the provider first, so a reminder goes out at most once (I7).
 */
import type { RunningCampaign } from '../../shared/domain/campaign.ts';
import type { Channel } from '../../shared/domain/channels.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import { addSeconds, type Instant } from '../../shared/domain/dates.ts';
import { phoneKey } from '../../shared/domain/donor.ts';
import type { CoverId, WorkerId } from '../../shared/domain/ids.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import type { Tariff } from '../../shared/domain/tariff.ts';
import type { Person, WorkerRow } from '../../shared/domain/worker.ts';
import { type HoursOfDay, heldUntil, zoneOf } from '../../shared/domain/zones.ts';
import { Duplicate, Transient } from '../../shared/errors.ts';
import type { Log, Meter } from '../../shared/logger.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { Messaging } from '../../shared/ports/messaging.ts';
import { batchIdOf, type Delivery, HOLD_SECONDS, type Hold } from '../../shared/store/nudge-pages.ts';
import type { ClaimOutcome, NudgeBatch, NudgeClaim } from '../../shared/store/nudges.ts';
import { hoursOf, type Judgement, judgeReminder, type Reminder, routeTo } from './judge-reminder.ts';
import { type Page, skipReminder, type Told, tellWorker } from './tell-worker.ts';

/** What the deployment decides. */
export interface NudgePolicy {
  readonly hours: HoursOfDay;
  /** Reminders to one person on one civil day of their zone. */
  readonly dailyCap: number;
  /** Channels that are configured. */
  readonly channels: readonly Channel[];
  readonly tariff: Tariff;
}

export interface SendNudgesDependencies {
  readonly now: () => Instant;
  readonly policy: () => NudgePolicy;
  readonly readCovers: (coverIds: readonly CoverId[]) => Promise<Cover[]>;
  readonly readWorkers: (workerIds: readonly WorkerId[]) => Promise<Map<WorkerId, WorkerRow>>;
  /** Maybe as they were some seconds ago; `fresh`: as they are. */
  readonly campaigns: (options?: { readonly fresh?: boolean }) => Promise<readonly RunningCampaign[]>;
  /** Sealed until one is asked for: only those who get a message are opened. */
  readonly readPeople: (workerIds: readonly WorkerId[]) => Promise<(workerId: WorkerId) => Promise<Person | null>>;
  /** On which channels each of these numbers must not be written to. */
  readonly suppressedOn: (phones: readonly string[]) => Promise<ReadonlyMap<string, ReadonlySet<Channel>>>;
  readonly holdNudgePage: (batchId: string, delivery: Delivery, at: Instant) => Promise<Hold>;
  readonly claimNudge: (claim: NudgeClaim) => Promise<ClaimOutcome>;
  /** Every reminder of a worker that was claimed to be sent, as it is now. */
  readonly claimsOf: (workerId: WorkerId) => Promise<NudgeClaim[]>;
  readonly readNudgeBatch: (batchId: string) => Promise<NudgeBatch | null>;
  readonly finishNudgeBatch: (batchId: string, batch: NudgeBatch & { readonly finishedAt: Instant }) => Promise<void>;
  readonly keepUnfinishedBatch: (
    batchId: string,
    batch: NudgeBatch & { readonly coverIds: readonly CoverId[] },
  ) => Promise<void>;
  readonly sendLater: (message: NudgeMessage, delaySeconds: number) => Promise<void>;
  readonly payLinkOf: (coverId: CoverId) => Promise<string | null>;
  readonly messaging: Messaging;
  readonly log: Log;
  readonly meter: Meter;
}

export interface NudgeTally {
  readonly sent: number;
  readonly failed: number;
  /** Skipped with a reason, or done by somebody else. */
  readonly settled: number;
  /** Left for the morning of the worker. */
  readonly held: number;
}

/** Of one cover. */
type Result =
  | { readonly coverId: CoverId; readonly told: Told; readonly passedOver?: ReasonCode }
  | { readonly heldUntil: Instant }
  | { readonly error: unknown };

const CONCURRENT_NUDGES = 8;
const NOBODY: ReadonlySet<Channel> = new Set();
const NOTHING_TOLD: Told = { sent: false, failed: {} };

/**
 * @throws Duplicate where the page is finished or another message's, Transient while another process has it from the
 * same delivery or where some of it cannot be sent now
 */
export async function sendNudges(
  message: NudgeMessage,
  delivery: Delivery,
  dependencies: SendNudgesDependencies,
): Promise<NudgeTally> {
  const at = dependencies.now();
  const { notBefore = at } = message;
  if (at < notBefore) return waitUntil(notBefore, message, dependencies);
  // Nothing is claimed and no account kept, so the sweeper brings the page again once the campaign goes on.
  if (await isPaused(message, dependencies)) throw new Duplicate(`campaign ${message.campaignId} is paused`);
  const batchId = batchIdOf(message);
  const hold = await dependencies.holdNudgePage(batchId, delivery, at);
  // Asked after the hold: who had it before may have finished just then.
  const before = await dependencies.readNudgeBatch(batchId);
  if (before?.finishedAt) throw new Duplicate(`page ${batchId} was sent before`);
  if (hold === 'elsewhere') throw new Duplicate(`page ${batchId} is in hand of another message`);
  if (hold === 'at once') throw new Transient('contention', { detail: `page ${batchId} was delivered twice at once` });
  const left = message.coverIds.filter((coverId) => !before?.coverIds?.includes(coverId));
  const page = { dependencies, message, batchId };
  const results = await sendAll(page, await judgeAll(page, left));
  return settle(page, before, results);
}

/** The page comes again as a message of its own: waiting for the morning uses up none of its tries. */
async function waitUntil(
  instant: Instant,
  message: NudgeMessage,
  { now, sendLater }: SendNudgesDependencies,
): Promise<NudgeTally> {
  await sendLater({ ...message, notBefore: instant }, (Date.parse(instant) - Date.parse(now())) / 1000);
  return { sent: 0, failed: 0, settled: 0, held: message.coverIds.length };
}

async function judgeAll({ dependencies, message }: Page, coverIds: readonly CoverId[]): Promise<Judgement[]> {
  const covers = await dependencies.readCovers(coverIds);
  const workers = await dependencies.readWorkers([...new Set(covers.map(({ workerId }) => workerId))]);
  const at = dependencies.now();
  const launched = await campaignsFor(message, dependencies);
  return covers.map((cover) => judgeReminder(message, cover, workers.get(cover.workerId), launched, at));
}

async function isPaused(message: NudgeMessage, dependencies: SendNudgesDependencies): Promise<boolean> {
  if (message.campaignId === undefined) return false;
  const launched = await campaignsFor(message, dependencies);
  return launched.some(({ campaignId, state }) => campaignId === message.campaignId && state === 'paused');
}

async function campaignsFor(
  { campaignId }: NudgeMessage,
  { campaigns }: SendNudgesDependencies,
): Promise<readonly RunningCampaign[]> {
  const known = await campaigns();
  const isKnown = campaignId === undefined || known.some((campaign) => campaign.campaignId === campaignId);
  return isKnown ? known : campaigns({ fresh: true });
}

interface Contact {
  readonly phone: string | null;
  readonly suppressed: ReadonlySet<Channel>;
}

/** One that cannot be sent now keeps no other back, but the page is not finished and comes again. */
async function sendAll(page: Page, judgements: readonly Judgement[]): Promise<Result[]> {
  const contacts = await readContacts(
    page,
    judgements.flatMap((judgement) => (judgement.verdict === 'due' ? [judgement.reminder.worker.workerId] : [])),
  );
  return inParallel(judgements, CONCURRENT_NUDGES, (judgement) =>
    carryOut(page, judgement, contacts).catch((error: unknown) => ({ error })),
  );
}

type ReadContact = (workerId: WorkerId) => Promise<Contact>;

async function readContacts({ dependencies }: Page, workerIds: readonly WorkerId[]): Promise<ReadContact> {
  if (workerIds.length === 0) return async () => ({ phone: null, suppressed: NOBODY });
  const readPerson = await dependencies.readPeople(workerIds);
  const phones = new Map<WorkerId, { readonly phone: string | null } | { readonly error: unknown }>();
  await inParallel(workerIds, CONCURRENT_NUDGES, async (workerId) => {
    const read = readPerson(workerId).then(
      (person) => ({ phone: person?.phone ?? null }),
      (error: unknown) => ({ error }),
    );
    phones.set(workerId, await read);
  });
  const known = [...phones.values()].flatMap((each) => ('phone' in each && each.phone ? [each.phone] : []));
  const suppressed = await dependencies.suppressedOn(known);
  return async (workerId) => {
    const read = phones.get(workerId) ?? { phone: null };
    if ('error' in read) throw read.error;
    return { phone: read.phone, suppressed: suppressed.get(read.phone ?? '') ?? NOBODY };
  };
}

async function carryOut(page: Page, judgement: Judgement, readContact: ReadContact): Promise<Result> {
  if (judgement.verdict === 'due')
    return remind(page, judgement.reminder, await readContact(judgement.reminder.worker.workerId));
  const { coverId } = judgement.cover;
  if (judgement.verdict === 'passed over') return { coverId, told: NOTHING_TOLD, passedOver: judgement.reason };
  return skip(page, coverId, 'whatsapp', judgement.reason);
}

async function remind(page: Page, reminder: Reminder, { phone, suppressed }: Contact): Promise<Result> {
  const { dependencies, message } = page;
  const { cover, worker, campaign } = reminder;
  const { channels, hours } = dependencies.policy();
  const notOn = message.notOn ?? [];
  const route = routeTo(reminder, { available: channels, suppressed, notOn });
  if (phone === null) return skip(page, cover.coverId, firstOf(reminder), 'no_contact');
  if (phoneKey(phone) === null) return skip(page, cover.coverId, firstOf(reminder), 'phone_invalid');
  if ('reason' in route) {
    // What was tried in vain has its row already.
    if (notOn.length > 0) return { coverId: cover.coverId, told: NOTHING_TOLD, passedOver: route.reason };
    return skip(page, cover.coverId, firstOf(reminder), route.reason);
  }
  const until = heldUntil(hoursOf(campaign, hours), zoneOf(worker.region), dependencies.now());
  if (until) return { heldUntil: until };
  return { coverId: cover.coverId, told: await tellWorker(page, reminder, phone, route.channels) };
}

/** The row that says why a reminder went out on no channel stands under the first. */
function firstOf({ worker: { channels } }: Reminder): Channel {
  return channels?.[0] ?? 'whatsapp';
}

async function skip(page: Page, coverId: CoverId, channel: Channel, reason: ReasonCode): Promise<Result> {
  const { endDate, step } = page.message;
  return { coverId, told: await skipReminder(page, { coverId, endDate, step, channel }, reason) };
}

/** Keeps the account; what is left of the page comes again, in the morning or as its queue decides. */
async function settle(page: Page, before: NudgeBatch | null, results: readonly Result[]): Promise<NudgeTally> {
  const { dependencies, message, batchId } = page;
  const done = results.flatMap((result) => ('told' in result ? [result] : []));
  const held = results.flatMap((result) => ('heldUntil' in result ? [result.heldUntil] : []));
  const errors = results.flatMap((result) => ('error' in result ? [result.error] : []));
  const account = accountOf(before, done);
  if (errors.length === 0 && held.length === 0)
    await dependencies.finishNudgeBatch(batchId, { ...account, finishedAt: dependencies.now() });
  else if (done.length > 0)
    await dependencies.keepUnfinishedBatch(batchId, {
      ...account,
      coverIds: [...(before?.coverIds ?? []), ...done.map(({ coverId }) => coverId)],
    });
  countRefusedTemplates(dependencies, done);
  if (errors.length > 0) throw errors[0];
  // Whoever brings the page again must not find it still in our hands.
  const released = addSeconds(dependencies.now(), HOLD_SECONDS);
  const morning = held.toSorted()[0];
  if (morning) await waitUntil(morning > released ? morning : released, message, dependencies);
  return report(page, account, (before?.coverIds?.length ?? 0) + done.length, held.length);
}

type Done = Extract<Result, { told: Told }>;

function accountOf(before: NudgeBatch | null, done: readonly Done[]): NudgeBatch {
  const passedOver: Partial<Record<ReasonCode, number>> = { ...before?.passedOver };
  for (const { passedOver: reason } of done) if (reason) passedOver[reason] = (passedOver[reason] ?? 0) + 1;
  return {
    sent: (before?.sent ?? 0) + done.filter(({ told }) => told.sent).length,
    failed: Object.assign({}, before?.failed, ...done.map(({ told }) => told.failed)),
    ...(Object.keys(passedOver).length > 0 ? { passedOver } : {}),
  };
}

/** Nothing is lost where a template is refused, but nobody hears anything until a person looks at it. */
function countRefusedTemplates({ meter }: SendNudgesDependencies, done: readonly Done[]): void {
  const reasons = done.flatMap(({ told }) => Object.values(told.failed));
  const refused = reasons.filter((reason) => reason === 'template_refused').length;
  if (refused > 0) meter.count('TemplatesRefused', {}, refused);
}

function report(
  { dependencies, message, batchId }: Page,
  account: NudgeBatch,
  covers: number,
  held: number,
): NudgeTally {
  const failed = Object.keys(account.failed).length;
  const tally = { sent: account.sent, failed, settled: Math.max(covers - account.sent - failed, 0), held };
  const { cohortId, campaignId, step, endDate } = message;
  dependencies.log.info('reminders sent', { cohortId, campaignId, step, endDate, batchId, ...tally });
  return tally;
}
