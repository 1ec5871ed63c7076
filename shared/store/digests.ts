/** Digests of donors: one row for each donor and month, once for ever, and the months that are done. */
import type { Cover } from '../domain/cover.ts';
import type { CivilDate, CivilMonth, Instant } from '../domain/dates.ts';
import { type DigestFacts, digestIdOf } from '../domain/digest.ts';
import type { DonorId } from '../domain/donor.ts';
import { unrestrictedFund } from '../domain/fund.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { renewing } from './continuing.ts';
import { batchGet, type Key, putIfAbsent, putItem, queryAll, updateItem } from './table.ts';
import { workerKey } from './workers.ts';

export interface DigestName {
  readonly donorId: DonorId;
  readonly endMonth: CivilMonth;
}

/** `claimed`: somebody began to send it; whether it went out only the provider knows. */
export type DigestState = 'claimed' | 'sent' | 'failed' | 'skipped';

export interface DigestEnd {
  readonly state: Exclude<DigestState, 'claimed'>;
  readonly reason?: ReasonCode;
  readonly at: Instant;
}

export type DigestClaim =
  | { readonly outcome: 'ours' | 'settled' }
  /** Begun before, and not finished. */
  | { readonly outcome: 'again'; readonly claimedAt: Instant };

function digestKey({ donorId, endMonth }: DigestName): Key {
  return { pk: `DONOR#${donorId}`, sk: `DIGEST#${endMonth}` };
}

function digestRow(name: DigestName, facts: DigestFacts) {
  return { ...digestKey(name), type: 'digest', digestId: digestIdOf(name.donorId, name.endMonth), ...name, ...facts };
}

/** The right to send a digest, given once. */
export async function claimDigest(name: DigestName, facts: DigestFacts, at: Instant): Promise<DigestClaim> {
  const { ok, item } = await putIfAbsent({ ...digestRow(name, facts), state: 'claimed', claimedAt: at });
  if (ok) return { outcome: 'ours' };
  return item?.state === 'claimed'
    ? { outcome: 'again', claimedAt: item.claimedAt as Instant }
    : { outcome: 'settled' };
}

/** What became of a digest that was claimed; the first word stands. */
export async function settleDigest(name: DigestName, { state, reason, at }: DigestEnd): Promise<void> {
  await updateItem({
    Key: digestKey(name),
    UpdateExpression: `SET #state = :state, settledAt = :at${reason ? ', reason = :reason' : ''}`,
    ConditionExpression: '#state = :claimed',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': state,
      ':claimed': 'claimed',
      ':at': at,
      ...(reason ? { ':reason': reason } : {}),
    },
  });
}

/** What a donor was told, and why not where that is so, the first month first. */
export async function digestsOfDonor(donorId: DonorId) {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :digests)',
    ExpressionAttributeValues: { ':pk': `DONOR#${donorId}`, ':digests': 'DIGEST#' },
  });
  return rows.map(({ digestId, endMonth, state, reason = null, workers, claimedAt = null, settledAt = null }) => {
    return { digestId, endMonth, state, reason, workers, claimedAt, settledAt };
  });
}

export interface ToldMonth {
  readonly at: Instant;
  /** The month has passed. */
  readonly closed: boolean;
}

/** Months of which every donor was told or noted. */
export async function toldMonths(): Promise<ReadonlyMap<CivilMonth, ToldMonth>> {
  const rows = await queryAll({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'DIGESTS' } });
  return new Map(
    rows.map(({ sk, at, closed }) => [sk as CivilMonth, { at: at as Instant, closed: closed as boolean }]),
  );
}

export async function noteTold(endMonth: CivilMonth, told: ToldMonth): Promise<void> {
  await putItem({ Item: { pk: 'DIGESTS', sk: endMonth, type: 'digest_month', ...told } });
}

/** Any gift's purpose goes on where the cover before ends: none of its parts but the start decides that. */
const ANY_PURPOSE = unrestrictedFund('general');

/** Of these covers, those whose worker could be renewed now, as the rows were a second ago. */
export async function renewableCovers(covers: readonly Cover[], today: CivilDate): Promise<Cover[]> {
  const rows = await batchGet(
    covers.map(({ workerId }) => workerKey(workerId)),
    { consistent: false },
  );
  const workers = new Map(rows.map((row) => [row.workerId, row]));
  return covers.filter((cover) => renewing(cover, workers.get(cover.workerId), ANY_PURPOSE, today) !== undefined);
}
