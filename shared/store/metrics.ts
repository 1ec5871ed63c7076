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
import { type NudgeBatch, type NudgeName, nudgeIdOf, scanReminders } from './nudges.ts';
import { batchGet, type Row, scanTypes, type TypeScan } from './table.ts';

/** Of each row only what is counted. */
const COUNTED: TypeScan = {
  types: ['worker', 'cover'],
  attributes: [
    ...['pk', 'type', 'workerId', 'region', 'occupation', 'sector', 'disability', 'state', 'waitingSince'],
    ...['coverId', 'fundId', 'package', 'termMonths', 'months', 'monthsPaid', 'reservedAt', 'acceptedAt', 'startDate'],
    ...['endDate', 'endedOn', 'renews', 'continuesFrom', 'anchorDay', 'claimOpenSince'],
  ],
};

/** A page of lives. The rows of a worker lie in one partition, so a scan gives them one after the other. */
export async function* workerLives(): AsyncGenerator<WorkerLife[]> {
  let open: Row[] = [];
  for await (const page of scanTypes(COUNTED)) {
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

/** By cover, the channel of the last reminder that went out. */
export async function lastChannels(): Promise<Map<string, string>> {
  const failed = new Set<string>();
  const last = new Map<string, { at: string; name: NudgeName }>();
  for await (const page of scanReminders())
    for (const row of page) {
      if (row.type === 'nudge_batch')
        for (const nudgeId of Object.keys((row as unknown as NudgeBatch).failed)) failed.add(nudgeId);
      else if (row.state !== 'skipped') keepLatest(last, row);
    }
  const sent = [...last].filter(([, { name }]) => !failed.has(nudgeIdOf(name)));
  return new Map(sent.map(([coverId, { name }]) => [coverId, name.channel]));
}

function keepLatest(last: Map<string, { at: string; name: NudgeName }>, row: Row): void {
  const { coverId, endDate, step, channel, at } = row as unknown as NudgeName & { at: string };
  const known = last.get(coverId);
  if (!known || known.at < at) last.set(coverId, { at, name: { coverId, endDate, step, channel } });
}
