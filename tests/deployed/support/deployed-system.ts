/** The stage under test, reached as anybody else would reach it, on the clock it was deployed with. */
import { setTimeout as sleep } from 'node:timers/promises';
import { stageTimeMilliseconds } from '../../../shared/clock.ts';
import { Client } from '../../acceptance/support/client.ts';
import type { ImportResult } from '../../acceptance/support/contract.ts';
import { importRoster, type RosterPerson, roster } from '../../acceptance/support/roster.ts';
import type { DeployedStage } from './stage.ts';

export interface CohortView {
  readonly cohortId: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly shards: number;
  readonly startedAt: string | null;
  readonly settledAt: string | null;
  readonly phases: readonly { readonly phase: string; readonly shardsDone: number; readonly covers: number }[];
}

export class DeployedSystem extends Client {
  readonly stage: DeployedStage;

  constructor(stage: DeployedStage) {
    super(stage.url, stage.operatorToken);
    this.stage = stage;
  }

  nowMilliseconds(): number {
    const { clock } = this.stage;
    return clock ? stageTimeMilliseconds(clock, Date.now()) : Date.now();
  }

  cohorts(): Promise<CohortView[]> {
    return this.list('/api/cohorts');
  }

  importPeople(people: readonly RosterPerson[]): Promise<ImportResult> {
    return importRoster(this, roster(people));
  }
}

/** Told by `run.ts`; without it these tests have nothing to run against. */
export function stageOfEnvironment(): DeployedStage | null {
  const text = process.env.LINGKARAN_DEPLOYED_STAGE;
  return text === undefined ? null : (JSON.parse(text) as DeployedStage);
}

const LOOK_EVERY_MILLISECONDS = 250;

/** Looks again until the expectation holds; what it says last is why it failed. */
export async function eventually(expectation: () => Promise<void>, withinMilliseconds: number): Promise<void> {
  const giveUp = Date.now() + withinMilliseconds;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > giveUp) throw error;
    }
    await sleep(LOOK_EVERY_MILLISECONDS);
  }
}
