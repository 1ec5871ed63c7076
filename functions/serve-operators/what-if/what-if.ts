/** Whom history would have covered under another policy, beside whom it covers under the published ones. */
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import type { WorkerId } from '../../../shared/domain/ids.ts';
import { type AllocationPolicy, type PublishedPolicy, policyInForce } from '../../../shared/domain/policy.ts';
import type { Tariff } from '../../../shared/domain/tariff.ts';
import type { ScanRows } from '../../prove-ledger/prove-ledger.ts';
import { type History, readHistory } from './history.ts';
import { type ReplayedCovers, replayHistory } from './replay-history.ts';

export interface WhatIfDependencies {
  readonly now: () => Instant;
  readonly scanRows: ScanRows;
  readonly listPolicies: () => Promise<readonly PublishedPolicy[]>;
  readonly tariffInForce: (today: CivilDate) => Tariff;
  readonly cohortSizes: () => { readonly groups: number; readonly shards: number };
}

/** Covers and whom they went to. */
interface Outcome {
  readonly covers: number;
  readonly workers: number;
  /** Workers with a second cover or more. */
  readonly renewed: number;
  readonly disability: number;
  readonly byRegion: Readonly<Record<string, number>>;
}

export interface Difference {
  readonly workerId: WorkerId;
  readonly region: string;
  readonly occupation: string;
  readonly disability: boolean;
  readonly publishedCovers: number;
  readonly otherCovers: number;
}

export interface WhatIf {
  readonly policy: AllocationPolicy;
  readonly until: Instant;
  readonly workers: number;
  /** What really happened. */
  readonly actual: { readonly covers: number; readonly workers: number };
  /** Workers whom the replay under the published policies gives as many covers as they really got. */
  readonly agreeing: number;
  readonly published: Outcome;
  readonly other: Outcome;
  /** Who would have got more, or fewer, covers: all of them counted, the first thousand named. */
  readonly gaining: number;
  readonly losing: number;
  readonly differences: readonly Difference[];
}

const DIFFERENCES_NAMED = 1000;

export async function whatIf(policy: AllocationPolicy, dependencies: WhatIfDependencies): Promise<WhatIf> {
  const history = await readHistory(dependencies.scanRows);
  const policies = await dependencies.listPolicies();
  const cohortSizes = dependencies.cohortSizes();
  const until = dependencies.now();
  const replay = (policyOn: (today: CivilDate) => AllocationPolicy) =>
    replayHistory({ history, policyOn, tariffOn: dependencies.tariffInForce, cohortSizes, until });
  const published = await replay((today) => policyInForce(policies, today));
  const other = await replay(() => policy);
  return { policy, until, ...compare(history, published, other) };
}

function compare(history: History, published: ReplayedCovers, other: ReplayedCovers): Omit<WhatIf, 'policy' | 'until'> {
  const count = (covers: ReplayedCovers, workerId: WorkerId) => covers.get(workerId)?.length ?? 0;
  const differences = history.workers
    .map(({ workerId, region, occupation, disability }) => ({
      workerId,
      region,
      occupation,
      disability,
      publishedCovers: count(published, workerId),
      otherCovers: count(other, workerId),
    }))
    .filter(({ publishedCovers, otherCovers }) => publishedCovers !== otherCovers)
    .sort((a, b) => (a.workerId < b.workerId ? -1 : 1));
  const gaining = differences.filter(({ publishedCovers, otherCovers }) => otherCovers > publishedCovers).length;
  const sum = [...history.covers.values()].reduce((total, each) => total + each, 0);
  return {
    workers: history.workers.length,
    actual: { covers: sum, workers: history.covers.size },
    agreeing: history.workers.filter(
      ({ workerId }) => count(published, workerId) === (history.covers.get(workerId) ?? 0),
    ).length,
    published: outcomeOf(history, published),
    other: outcomeOf(history, other),
    gaining,
    losing: differences.length - gaining,
    differences: differences.slice(0, DIFFERENCES_NAMED),
  };
}

function outcomeOf({ workers }: History, covers: ReplayedCovers): Outcome {
  const covered = workers.filter(({ workerId }) => covers.has(workerId));
  const byRegion: Record<string, number> = {};
  for (const { region } of covered) byRegion[region] = (byRegion[region] ?? 0) + 1;
  const lists = [...covers.values()];
  return {
    covers: lists.reduce((sum, { length }) => sum + length, 0),
    workers: covered.length,
    renewed: lists.filter(({ length }) => length > 1).length,
    disability: covered.filter(({ disability }) => disability).length,
    byRegion: Object.fromEntries(Object.entries(byRegion).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
