/**
 * The rows figures are counted from: every worker's life in one pass over the table, the gifts behind it a page at a time.
 * Nothing is remembered of a worker once it is counted.
 */
import type { Campaign, RunningCampaign } from '../domain/campaign.ts';
import { launchedByRank } from '../domain/campaign-results.ts';
import type { Cover } from '../domain/cover.ts';
import type { DonationId } from '../domain/ids.ts';
import type { Gift, MetricsWorker, WorkerLife } from '../domain/metrics.ts';
import { listCampaigns, withDonations } from './campaigns.ts';
import { coverOf } from './covers.ts';
import { donationKey, donationOf } from './donations.ts';
import { type NudgeName, nudgeIdOf } from './nudges.ts';
import { batchGet, type Row, remindersTableName, scanTypes, type TypeScan } from './table.ts';

/** Of each row only what is counted. */
const COUNTED: TypeScan = {
  types: ['worker', 'cover'],
  attributes: [
    ...['pk', 'type', 'workerId', 'region', 'occupation', 'sector', 'disability', 'state', 'waitingSince'],
    ...['coverId', 'fundId', 'package', 'termMonths', 'months', 'monthsPaid', 'reservedAt', 'acceptedAt', 'startDate'],
    ...['endDate', 'endedOn', 'renews', 'continuesFrom', 'anchorDay', 'claimOpenSince'],
  ],
};

export function workerLives(): AsyncGenerator<WorkerLife[]> {
  return livesIn(scanTypes(COUNTED));
}

/** The rows of a worker lie in one partition, so a scan gives them one after the other, though not on one page. */
export async function* livesIn(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<WorkerLife[]> {
  let open: Row[] = [];
  for await (const page of pages) {
    const lives: WorkerLife[] = [];
    for (const row of page) {
      if (open[0] && open[0].pk !== row.pk) {
        lives.push(...lifeOf(open));
        open = [];
      }
      open.push(row);
    }
    yield lives;
  }
  yield lifeOf(open);
}

/** First to last cover is the order of their numbers, not of their names. */
function ordinalOf({ coverId }: Cover): number {
  return Number(coverId.split('_')[2]);
}

function lifeOf(rows: readonly Row[]): WorkerLife[] {
  const worker = rows.find(({ type }) => type === 'worker');
  if (!worker) return [];
  const covers = rows.filter(({ type }) => type === 'cover').map(coverOf);
  return [{ worker: worker as unknown as MetricsWorker, covers: covers.sort((a, b) => ordinalOf(a) - ordinalOf(b)) }];
}

const GIFTS_REMEMBERED = 20_000;

/** The gifts that paid for covers; those met lately are remembered, for one gift pays for many. */
export class Gifts {
  readonly #known = new Map<string, Gift>();

  /** Reads those of a page that are not known yet. */
  async learn(lives: readonly WorkerLife[]): Promise<void> {
    if (this.#known.size > GIFTS_REMEMBERED) this.#known.clear();
    const shares = lives.flatMap(({ covers }) =>
      covers.flatMap(({ months }) => months.flatMap((month) => month.shares)),
    );
    const missing = [...new Set(shares.map(({ donationId }) => donationId))].filter((id) => !this.#known.has(id));
    const rows = await batchGet(
      missing.map((id) => donationKey(id as DonationId)),
      { consistent: false },
    );
    for (const { donation } of rows.map(donationOf)) {
      const { donationId, donorId = null, channel, paidAt, firstSeenAt } = donation;
      this.#known.set(donationId, { donorId, channel, paidAt: paidAt ?? firstSeenAt });
    }
  }

  of(donationId: string): Gift | undefined {
    return this.#known.get(donationId);
  }
}

/** Every campaign ever launched, in the order in which they have covers, each with the gifts its audience names. */
export async function campaignsEverLaunched(): Promise<RunningCampaign[]> {
  const launched: Campaign[] = launchedByRank(await listCampaigns());
  return Promise.all(launched.map(withDonations));
}

/** By cover, the channel of the last reminder that went out. Read twice: a failure is told behind the reminder. */
export async function lastChannels(): Promise<Map<string, string>> {
  const failed = new Set<string>();
  for await (const page of scanTypes({ types: ['nudge_batch'], table: remindersTableName() }))
    for (const batch of page) for (const nudgeId of Object.keys(batch.failed as object)) failed.add(nudgeId);
  const last = new Map<string, { readonly at: string; readonly channel: string }>();
  for await (const page of scanTypes({ types: ['nudge'], table: remindersTableName() }))
    for (const row of page) {
      const { coverId, channel, at } = row as unknown as NudgeName & { readonly at: string };
      const wentOut = row.state !== 'skipped' && !failed.has(nudgeIdOf(row as unknown as NudgeName));
      if (wentOut && at > (last.get(coverId)?.at ?? '')) last.set(coverId, { at, channel });
    }
  return new Map([...last].map(([coverId, { channel }]) => [coverId, channel]));
}
