/**
 * Tells donors, once for each month, whose cover ends in it and what going on costs. Rows decide: a run that was missed is
 * made good by the next, what was claimed and not finished is asked for at the provider before it is sent again, and a
 * month that has passed is noted and sent to nobody.
 */
import type { DonorContact } from '../../shared/domain/canonical-event.ts';
import { type CivilMonth, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import {
  type DigestAddress,
  type DigestFacts,
  digestIdOf,
  digestMessage,
  endMonthOf,
  hasBegun,
  hasPassed,
} from '../../shared/domain/digest.ts';
import { type DonorId, emailKey, phoneKey } from '../../shared/domain/donor.ts';
import type { Language } from '../../shared/domain/worker.ts';
import type { Log, Meter } from '../../shared/logger.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { Channel, Messaging, SendOutcome } from '../../shared/ports/messaging.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';
import type { DigestClaim, DigestEnd, DigestName, ToldMonth } from '../../shared/store/digests.ts';
import { type CollectDependencies, collectDigests } from './collect-digests.ts';

export interface DigestDonorsDependencies extends CollectDependencies {
  readonly now: () => Instant;
  readonly listCohorts: () => Promise<StoredCohort[]>;
  /** Since when every donor of a month is told or noted; `closed` where the month has passed and nobody can be missing. */
  readonly toldMonths: () => Promise<ReadonlyMap<CivilMonth, ToldMonth>>;
  readonly noteTold: (endMonth: CivilMonth, told: ToldMonth) => Promise<void>;
  readonly claimDigest: (name: DigestName, facts: DigestFacts, at: Instant) => Promise<DigestClaim>;
  readonly settleDigest: (name: DigestName, end: DigestEnd) => Promise<void>;
  /** From the vault; null where the donor was erased. */
  readonly readDonor: (donorId: DonorId) => Promise<(DonorContact & { readonly language?: Language }) | null>;
  /** On which channels each of these contacts must not be written to. */
  readonly suppressedOn: (contacts: readonly string[]) => Promise<ReadonlyMap<string, ReadonlySet<Channel>>>;
  readonly messaging: Messaging;
  /** Where our pages are; null where the deployment does not know. */
  readonly publicUrl: () => string | null;
  readonly log: Log;
  readonly meter: Meter;
}

export interface Digested {
  readonly sent: number;
  readonly failed: number;
  /** Not sent: the month has passed, or nobody can be reached. */
  readonly skipped: number;
  /** Told before, or noted before. */
  readonly settled: number;
}

type Outcome = keyof Digested;

const CONCURRENT_DIGESTS = 8;

export async function digestDonors(dependencies: DigestDonorsDependencies): Promise<Digested> {
  const today = civilDateOf(dependencies.now());
  const cohorts = await dependencies.listCohorts();
  const told = await dependencies.toldMonths();
  const months = [...new Set(cohorts.map(({ endDate }) => endMonthOf(endDate)))].sort();
  const tally = { sent: 0, failed: 0, skipped: 0, settled: 0 };
  const errors: unknown[] = [];
  for (const endMonth of months.filter((month) => hasBegun(month, today))) {
    const ending = cohorts.filter(({ endDate }) => endMonthOf(endDate) === endMonth);
    const isOver = hasPassed(endMonth, today);
    if (isTold(told.get(endMonth), ending, isOver)) continue;
    const startedAt = dependencies.now();
    const digests = await collectDigests(endMonth, ending, today, dependencies);
    const unfinished = errors.length;
    await inParallel([...digests], CONCURRENT_DIGESTS, async ([donorId, facts]) => {
      try {
        tally[await tell({ donorId, endMonth }, facts, isOver, dependencies)] += 1;
      } catch (error) {
        errors.push(error);
      }
    });
    if (errors.length === unfinished) await dependencies.noteTold(endMonth, { at: startedAt, closed: isOver });
  }
  dependencies.log.info('donors told', { ...tally, unfinished: errors.length });
  dependencies.meter.count('DigestsSent', {}, tally.sent);
  // One that cannot be sent now keeps no other back, but the run is not done and comes again.
  if (errors.length > 0) throw errors[0];
  return tally;
}

/** Whether nobody can have come to a month since all of it were told: its covers are not read again. */
function isTold(told: ToldMonth | undefined, ending: readonly StoredCohort[], isOver: boolean): boolean {
  if (!told || told.closed) return told !== undefined;
  return !isOver && ending.every(({ lastJoinedAt }) => lastJoinedAt < told.at);
}

/** @param isOver the month has passed: it is noted, and what was begun is only asked for */
async function tell(
  name: DigestName,
  facts: DigestFacts,
  isOver: boolean,
  dependencies: DigestDonorsDependencies,
): Promise<Outcome> {
  const { now, messaging } = dependencies;
  const claim = await dependencies.claimDigest(name, facts, now());
  if (claim.outcome === 'settled') return 'settled';
  const key = digestIdOf(name.donorId, name.endMonth);
  const before = claim.outcome === 'again' ? await messaging.find(key, claim.claimedAt) : null;
  const end = before ? endOf(before, now()) : isOver ? staleEnd(now()) : await send(name, facts, dependencies);
  await dependencies.settleDigest(name, end);
  return end.state;
}

function staleEnd(at: Instant): DigestEnd {
  return { state: 'skipped', reason: 'digest_stale', at };
}

function endOf(outcome: SendOutcome, at: Instant): DigestEnd {
  return outcome.outcome === 'sent' ? { state: 'sent', at } : { state: 'failed', reason: outcome.reason, at };
}

async function send(name: DigestName, facts: DigestFacts, dependencies: DigestDonorsDependencies): Promise<DigestEnd> {
  const { now, messaging } = dependencies;
  const { email, phone, language = 'id' } = (await dependencies.readDonor(name.donorId)) ?? {};
  const byEmail = emailKey(email);
  const [channel, to] = byEmail ? (['email', byEmail] as const) : (['sms', phoneKey(phone)] as const);
  if (!to) return { state: 'skipped', reason: 'no_contact', at: now() };
  const suppressed = await dependencies.suppressedOn([to]);
  if (suppressed.get(to)?.has(channel)) return { state: 'skipped', reason: 'suppressed', at: now() };
  const addresses = await addressesOf(facts, dependencies);
  const content = digestMessage(facts, name.endMonth, addresses, language);
  const key = digestIdOf(name.donorId, name.endMonth);
  return endOf(await messaging.send({ key, channel, to, language, ...content }), now());
}

async function addressesOf(
  { links }: DigestFacts,
  { readPledges, publicUrl }: DigestDonorsDependencies,
): Promise<DigestAddress[]> {
  const pledges = await readPledges(links.map(({ orderReference }) => orderReference));
  return links.flatMap(({ orderReference, workers }) => {
    const pledge = pledges.get(orderReference);
    return pledge ? [{ workers, url: `${publicUrl() ?? ''}/renew/${pledge.receiptToken}` }] : [];
  });
}
