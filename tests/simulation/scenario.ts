/** What happens in one world, made from its seed alone: people, payments, and when their notices are sent. */
import { type Chance, chanceOf } from '../support/random.ts';
import type { Notice, Payment } from './payment.ts';
import { noticesOf, paymentOf } from './payments.ts';
import { type StatedChunk, statementsOf } from './statements.ts';

export interface Scenario {
  readonly seed: number;
  readonly startMilliseconds: number;
  readonly workers: number;
  readonly settings: unknown;
  readonly payments: readonly Payment[];
  readonly statements: readonly StatedChunk[];
  /** In the order in which they are sent. */
  readonly notices: readonly Notice[];
}

const DAY = 86_400_000;
/** Month ends, leap days, the turn of a day in Jakarta (17:00 UTC), and tariffs that change with the month. */
const STARTS = [
  '2026-11-20T03:00:00Z',
  '2026-11-30T16:55:00Z',
  '2026-12-30T16:58:00Z',
  '2027-01-30T10:00:00Z',
  '2027-03-30T16:59:00Z',
  '2028-02-28T16:50:00Z',
  '2027-08-30T17:05:00Z',
];

/** Settings as a deployment may have them. */
export function settingsOf(chance: Chance): unknown {
  const pick = <Value>(values: readonly Value[]) => values[chance.below(values.length)] as Value;
  return {
    registrar: {
      kind: 'simulator',
      acceptAfter: pick(['PT0S', 'PT10M', 'PT10M', 'PT3H', 'P1D']),
      rejectEvery: chance.happens(0.05) ? 1 : pick([0, 0, 2, 3, 7]),
    },
    lifecycle: { groups: pick([1, 2]), shards: pick([1, 2, 3]) },
  };
}

export function scenarioOf(seed: number, events: number): Scenario {
  const chance = chanceOf(Math.imul(seed + 1, 0x9e3779b1));
  const startMilliseconds = Date.parse(STARTS[chance.below(STARTS.length)] as string);
  const spanMilliseconds = [3 * 3_600_000, 3 * DAY, 40 * DAY, 110 * DAY][chance.below(4)] as number;
  const payments: Payment[] = [];
  const unnumbered: Omit<Notice, 'number'>[] = [];
  while (unnumbered.length < events) {
    // Half of all gifts come in bursts.
    const at = chance.happens(0.5)
      ? chance.below(spanMilliseconds)
      : chance.below(6) * Math.floor(spanMilliseconds / 6);
    const payment = paymentOf(chance, payments.length, startMilliseconds + at);
    payments.push(payment);
    unnumbered.push(...noticesOf(chance, payment));
  }
  const notices = unnumbered
    .sort((a, b) => a.sendMilliseconds - b.sendMilliseconds)
    .map((notice, number) => ({ ...notice, number }));
  const workers = 3 + chance.below(chance.happens(0.2) ? 140 : 40);
  const statements = statementsOf(chance, payments);
  return { seed, startMilliseconds, workers, settings: settingsOf(chance), payments, statements, notices };
}

/** The same world with fewer notices; what nobody tells of never happened. */
export function onlyNotices(scenario: Scenario, numbers: ReadonlySet<number>): Scenario {
  const notices = scenario.notices.filter(({ number }) => numbers.has(number));
  const told = new Set(notices.map(({ payment }) => payment));
  const statements = scenario.statements.map(({ payments, ...chunk }) => ({
    ...chunk,
    payments: payments.filter((payment) => told.has(payment)),
  }));
  return { ...scenario, statements, notices };
}
