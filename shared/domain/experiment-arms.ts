/** Who reads which text. It follows from the ids alone, so that a run made twice, or years later, divides alike. */
import { type CampaignId, digest, type WorkerId } from './ids.ts';
import type { Language } from './worker.ts';

/** A step's first sentence, with the variables of `TEXT_VARIABLES`; the system adds what must always be said. */
export type StepText = string;
/** By language, then by step; where there is none the default text is sent. */
export type ArmTexts = Readonly<Partial<Record<Language, Readonly<Record<string, StepText>>>>>;

export interface Arm {
  readonly name: string;
  /** Its part of those who are not held out, beside the weights of the others. */
  readonly weight: number;
  readonly texts: ArmTexts;
}

export interface Experiment {
  readonly campaignId: CampaignId;
  /** At least one. */
  readonly arms: readonly Arm[];
  /** So many of a hundred hear nothing, so that the effect of hearing anything can be told. */
  readonly holdOutPercent: number;
}

/** A point in [0, 1) that an id always has: 48 bits of a hash. */
function pointOf(text: string): number {
  return Number.parseInt(digest(text, 12), 16) / 2 ** 48;
}

/** The arm of a worker, or null where the worker is held out. Two draws, so that neither choice leans on the other. */
export function armOf({ campaignId, arms, holdOutPercent }: Experiment, workerId: WorkerId): Arm | null {
  if (pointOf(`holdout:${campaignId}:${workerId}`) * 100 < holdOutPercent) return null;
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  const place = pointOf(`arm:${campaignId}:${workerId}`) * total;
  let reached = 0;
  return arms.find(({ weight }) => {
    reached += weight;
    return place < reached;
  }) as Arm;
}

/** The arm's own first sentence of a step; undefined where the default text is sent. */
export function textOf(arm: Arm, step: string, language: Language): StepText | undefined {
  return arm.texts[language]?.[step];
}
