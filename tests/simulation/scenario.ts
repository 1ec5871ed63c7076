/** What happens in one world, made from its seed alone: people, payments, and when their notices are sent. */
import { addCalendarMonths, addDays, civilDateOf, type Instant, monthOf } from '../../shared/domain/dates.ts';
import type { AllocationPolicy } from '../../shared/domain/policy.ts';
import { PUBLISHED_TARIFF, type Tariff, type TariffAdjustment, withAdjustments } from '../../shared/domain/tariff.ts';
import { type Chance, chanceOf } from '../support/random.ts';
import type { Notice, Payment } from './payment.ts';
import { noticesOf, paymentOf } from './payments.ts';
import { type StatedChunk, statementsOf } from './statements.ts';

/** What every release has alike, beside what is its own. */
export interface DeployedSettings {
  readonly tariff: unknown;
}

export interface Scenario {
  readonly seed: number;
  readonly startMilliseconds: number;
  readonly workers: number;
  readonly settings: DeployedSettings;
  readonly policy: AllocationPolicy;
  readonly payments: readonly Payment[];
  readonly statements: readonly StatedChunk[];
  /** In the order in which they are sent. */
  readonly notices: readonly Notice[];
}

const DAY = 86_400_000;
const dayOf = (milliseconds: number) => civilDateOf(new Date(milliseconds).toISOString() as Instant);
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

/** Published when a world begins. With few people and much money covers would else go on for years. */
function policyOf(chance: Chance, startMilliseconds: number): AllocationPolicy {
  const continuity = [0, 30, 30, 50, 100][chance.below(5)] as number;
  return {
    version: 'simulation-1',
    effectiveFrom: dayOf(startMilliseconds),
    shares: { continuity, newStarts: 100 - continuity },
    continuityWindowDays: [10, 30, 60][chance.below(3)] as number,
    priorityGroups: chance.happens(0.7) ? ['disability'] : [],
    donatedTermsCap: 1 + chance.below(3),
  };
}

/** A decree that changes what months cost while covers run; in half of all worlds there is none. */
function decreesOf(chance: Chance, startMilliseconds: number): unknown {
  if (chance.happens(0.5)) return { adjustments: [] };
  const firstDay = dayOf(startMilliseconds);
  const fromMonth = addCalendarMonths(monthOf(firstDay), chance.below(5));
  const adjustment = {
    programmes: ['JKK', 'JKM'],
    sectors: chance.happens(0.5) ? ['transport'] : ['transport', 'non_transport'],
    fromMonth,
    throughMonth: addCalendarMonths(fromMonth, chance.below(6)),
    percent: [25, 50, 75, 150][chance.below(4)],
    publishedOn: addDays(firstDay, chance.below(120)),
    source: 'PP simulation',
  };
  return { adjustments: [adjustment] };
}

/** Settings as a deployment may have them. */
export function settingsOf(chance: Chance): object {
  const pick = <Value>(values: readonly Value[]) => values[chance.below(values.length)] as Value;
  return {
    publicUrl: 'https://lingkaran.test',
    campaigns: { testRecipients: [{ name: 'office', channel: 'whatsapp', to: '+628120000000' }] },
    registrar: {
      kind: 'simulator',
      acceptAfter: pick(['PT0S', 'PT10M', 'PT10M', 'PT3H', 'P1D']),
      rejectEvery: chance.happens(0.05) ? 1 : pick([0, 0, 2, 3, 7]),
    },
    lifecycle: { groups: pick([1, 2]), shards: pick([1, 2, 3]) },
  };
}

/** Everything this world knows of prices, whenever it was published. */
export function tariffOf({ scenario: { settings } }: { readonly scenario: Scenario }): Tariff {
  return withAdjustments(PUBLISHED_TARIFF, (settings.tariff as { adjustments: TariffAdjustment[] }).adjustments);
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
  const settings = { ...settingsOf(chance), tariff: decreesOf(chance, startMilliseconds) };
  const policy = policyOf(chance, startMilliseconds);
  return { seed, startMilliseconds, workers, settings, policy, payments, statements, notices };
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
