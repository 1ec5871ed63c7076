/** What a stage of the tests is to be like. */
import type { ScaledClock } from '../../../shared/clock.ts';
import type { Settings } from '../../../shared/settings.ts';

export interface StagePlan {
  readonly name: string;
  readonly settings: Settings;
  /** Real time unless given. */
  readonly clock?: ScaledClock;
  /** How far the time of a partner's signature may be from the stage's. */
  readonly toleranceSeconds?: number;
}

export function stackNameOf({ name }: Pick<StagePlan, 'name'>): string {
  return `Lingkaran-${name}`;
}
