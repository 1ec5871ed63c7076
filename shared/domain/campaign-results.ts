/**
 * What a campaign came to, by the metric named before its start. A worker counts once, in the arm the ids give, as soon as
 * a cover the campaign had has ended; whether a message really went out does not matter, so nobody can choose.
 */
import { type Campaign, isMeant, type Metric, type RunningCampaign } from './campaign.ts';
import type { Cover } from './cover.ts';
import { type Ending, endingOf } from './cover-fates.ts';
import { addDays, type CivilDate } from './dates.ts';
import { type ArmResult, compareArms, HOLD_OUT, type Outcome } from './experiment.ts';
import { armOf } from './experiment-arms.ts';
import type { MetricsWorker, WorkerLife } from './metrics.ts';

const SUCCESSES: Readonly<Record<Metric, readonly Ending[]>> = {
  self_paid_renewal: ['selfPaidBeforeEnd', 'selfPaidInGrace', 'selfPaidAfterLapse'],
  donor_renewal: ['renewedByDonor'],
  any_renewal: ['selfPaidBeforeEnd', 'selfPaidInGrace', 'selfPaidAfterLapse', 'renewedByDonor'],
};

/** The last day on which it had its covers; null while it goes on. */
function lastDayOf({ state, endsOn, ranThrough, firstDay }: Campaign): CivilDate | null {
  if (state === 'stopped' || state === 'finished') return ranThrough ?? firstDay;
  return endsOn === null ? null : addDays(endsOn, -1);
}

/** Every campaign that was ever launched, the one first that has a cover before the others. */
export function launchedByRank<Some extends Campaign>(campaigns: readonly Some[]): Some[] {
  const rank = ({ launchedAt, campaignId }: Campaign) => `${launchedAt}#${campaignId}`;
  return campaigns
    .filter(({ firstDay }) => firstDay !== null)
    .sort((a, b) => b.priority - a.priority || (rank(a) < rank(b) ? -1 : 1));
}

/** Did one of its steps for covers of this end date fall on a day of the campaign? */
function reached(campaign: Campaign, endDate: CivilDate): boolean {
  const { firstDay, steps } = campaign;
  const lastDay = lastDayOf(campaign);
  return steps.some(({ offsetDays }) => {
    const on = addDays(endDate, offsetDays);
    return firstDay !== null && firstDay <= on && (lastDay === null || on <= lastDay);
  });
}

/**
 * The campaign that had a cover, or null for the standing one.
 *
 * @param launched every campaign ever launched, in the order of `launchedByRank`
 */
export function campaignThatHad(
  cover: Cover,
  worker: MetricsWorker,
  launched: readonly RunningCampaign[],
): RunningCampaign | null {
  const { endDate } = cover;
  if (endDate === undefined) return null;
  return launched.find((campaign) => reached(campaign, endDate) && isMeant(campaign, cover, worker)) ?? null;
}

/** The arm's name, or that of the hold-out. */
export function armNameOf(campaign: Campaign, worker: Pick<MetricsWorker, 'workerId'>): string {
  return armOf(campaign, worker.workerId)?.name ?? HOLD_OUT;
}

export interface CampaignResults {
  readonly campaignId: string;
  readonly name: string;
  readonly state: Campaign['state'];
  readonly metric: Metric;
  readonly today: CivilDate;
  /** Workers of the campaign whose cover has not ended: not in any arm yet. */
  readonly notEnded: number;
  readonly arms: readonly ArmResult[];
}

export class ResultsCounter {
  readonly #campaign: Campaign;
  readonly #launched: readonly RunningCampaign[];
  readonly #today: CivilDate;
  readonly #outcomes: Map<string, Outcome>;
  #notEnded = 0;

  constructor(campaign: Campaign, launched: readonly RunningCampaign[], today: CivilDate) {
    this.#campaign = campaign;
    this.#launched = launched;
    this.#today = today;
    const arms = [...campaign.arms.map(({ name }) => name), ...(campaign.holdOutPercent > 0 ? [HOLD_OUT] : [])];
    this.#outcomes = new Map(arms.map((arm) => [arm, { workers: 0, succeeded: 0 }]));
  }

  take({ worker, covers }: WorkerLife): void {
    const had = covers.filter(({ state }) => state === 'active').filter((cover) => this.#had(cover, worker));
    if (had.length === 0) return;
    const ended = had.filter(({ endDate }) => (endDate as CivilDate) <= this.#today);
    if (ended.length === 0) {
      this.#notEnded += 1;
      return;
    }
    const successes = SUCCESSES[this.#campaign.metric];
    const succeeded = ended.some((cover) => successes.includes(endingOf(cover, covers, this.#today)));
    const arm = armNameOf(this.#campaign, worker);
    const before = this.#outcomes.get(arm) as Outcome;
    this.#outcomes.set(arm, { workers: before.workers + 1, succeeded: before.succeeded + (succeeded ? 1 : 0) });
  }

  conclude(): CampaignResults {
    const { campaignId, name, state, metric } = this.#campaign;
    const arms = compareArms(this.#outcomes);
    return { campaignId, name, state, metric, today: this.#today, notEnded: this.#notEnded, arms };
  }

  #had(cover: Cover, worker: MetricsWorker): boolean {
    return campaignThatHad(cover, worker, this.#launched)?.campaignId === this.#campaign.campaignId;
  }
}
