/**
 * (j) A cohort of 10,000 through all its phases on the embedded engine: the gift, three months, eight reminders, the end,
 * three months of grace and the lapse. The daily proof reads every row of the books, whatever phase a cover is in; nothing
 * else happens meanwhile, so its time is told apart. What takes the rest is said by function.
 */
import { type Figure, type PartOptions, scaled } from '../figures.ts';
import { billOf, perUnit } from '../support/bill.ts';
import { DAILY, DAYS, oneTerm, PROOF, startMeasuredSystem } from '../support/one-term.ts';
import type { UsageByFunction } from '../support/usage.ts';

const WORKERS = 10_000;
const LIMIT_SECONDS = 600;
const BUDGET_WRITE_UNITS = 24;

function timeByFunction(usage: UsageByFunction): string {
  const byTime = [...usage].toSorted(([, left], [, right]) => right.milliseconds - left.milliseconds);
  return byTime.map(([name, { milliseconds }]) => `${name} ${(milliseconds / 1000).toFixed(1)} s`).join(', ');
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const workers = scaled(WORKERS, scale, 60);
  const system = await startMeasuredSystem();
  try {
    const { usage, seconds } = await oneTerm(system, workers);
    const ofTerms = billOf(usage, (name) => name !== PROOF && !DAILY.has(name));
    const proofSeconds = (usage.get(PROOF)?.milliseconds ?? 0) / 1000;
    return [
      {
        name: `${workers} covers through all phases`,
        value: seconds - proofSeconds,
        unit: 's',
        atMost: LIMIT_SECONDS,
        note: timeByFunction(usage),
      },
      { name: `${DAYS} daily proofs of their books`, value: proofSeconds, unit: 's' },
      {
        name: 'a worker-term: write units',
        value: perUnit(ofTerms, workers).writeUnits,
        unit: 'units',
        atMost: BUDGET_WRITE_UNITS,
      },
    ];
  } finally {
    await system.close();
  }
}
