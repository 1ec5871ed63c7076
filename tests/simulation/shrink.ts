/** Finds a small part of a world that still breaks the same invariant, within a time. */
import type { Scope } from '../../infra/local/lifecycle/definition.ts';
import type { Notice } from './payment.ts';
import { type Outcome, runSeed } from './run-seed.ts';
import type { Sabotage } from './sabotage.ts';
import { onlyNotices, type Scenario } from './scenario.ts';

/** Leaves out ever smaller parts, and keeps each omission after which the world still breaks. */
async function withoutParts<Part>(
  parts: readonly Part[],
  until: number,
  breaks: (kept: readonly Part[]) => Promise<boolean>,
): Promise<readonly Part[]> {
  let kept = parts;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && Date.now() < until; ) {
      const fewer = kept.toSpliced(from, size);
      if (await breaks(fewer)) kept = fewer;
      else from += size;
    }
  }
  return kept;
}

/** Whole payments are left out first, for a gateway knows what happened to a payment even where it told only a part. */
export async function shrink(
  scenario: Scenario,
  graph: Scope,
  { violations }: Outcome,
  budgetMilliseconds: number,
  sabotage?: Sabotage,
): Promise<Scenario> {
  const until = Date.now() + budgetMilliseconds;
  const broken = new Set(violations.map(({ invariant }) => invariant));
  const part = (notices: readonly Notice[]) => onlyNotices(scenario, new Set(notices.map(({ number }) => number)));
  const breaks = async (notices: readonly Notice[]) => {
    const outcome = await runSeed(part(notices), graph, sabotage);
    return outcome.violations.some(({ invariant }) => broken.has(invariant));
  };
  const byPayment = [...Map.groupBy(scenario.notices, ({ payment }) => payment).values()];
  const payments = (await withoutParts(byPayment, until, (kept) => breaks(kept.flat()))).flat();
  const isComplete = (notices: readonly Notice[]) =>
    payments.every((one) => notices.some((kept) => kept.payment === one.payment && kept.step === one.step));
  const notices = await withoutParts(payments, until, async (kept) => isComplete(kept) && breaks(kept));
  return part(notices);
}
