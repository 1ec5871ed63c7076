/** What a run of many seeds says, line by line. */
import type { FailedSeed, SeedResult } from './seeds.ts';

const NOTICES = 'notice answered';
const SEEDS_A_LINE = 10;

function addTo(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [kind, count] of counts) sums.set(kind, (sums.get(kind) ?? 0) + count);
}

export class Tally {
  seeds = 0;
  calls = 0;
  broken = 0;
  readonly faults = new Map<string, number>();
  readonly work = new Map<string, number>();
  /** Notices that were acknowledged, by gateway and what they told. */
  readonly told = new Map<string, number>();

  take({ outcome: { violations, faults, work, told, calls } }: Pick<SeedResult, 'outcome'>): void {
    this.seeds += 1;
    this.calls += calls;
    if (violations.length > 0) this.broken += 1;
    addTo(this.faults, faults);
    addTo(this.work, work);
    addTo(this.told, told);
  }

  get events(): number {
    return [...this.work.values()].reduce((sum, count) => sum + count, 0);
  }

  get notices(): number {
    return this.work.get(NOTICES) ?? 0;
  }

  /** What happened and which faults it survived. */
  lines(): string[] {
    const list = (counts: ReadonlyMap<string, number>) =>
      [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `  ${kind}: ${count}`);
    return [
      `${this.seeds} seeds, ${this.events} events, ${this.calls} calls of AWS under them`,
      'an event is a call of the product from outside that has something to do:',
      ...list(this.work),
      'notices acknowledged:',
      ...list(this.told),
      'faults survived:',
      ...list(this.faults),
    ];
  }
}

export function failure({ seed, outcome, replay, notices }: FailedSeed): string[] {
  return [
    `seed ${seed} breaks:`,
    ...outcome.violations.map(({ invariant, detail }) => `  ${invariant}: ${detail}`),
    `  play it again: ${replay}`,
    ...notices,
  ];
}

export function report(threads: number, print: (line: string) => void = console.log) {
  const tally = new Tally();
  const startedAt = Date.now();
  return {
    take(result: SeedResult): void {
      tally.take(result);
      if (result.failed) for (const line of failure(result.failed)) print(line);
      if (tally.seeds % SEEDS_A_LINE === 0)
        print(`${tally.seeds} seeds, ${tally.notices} notices, ${tally.events} events, ${tally.broken} broken`);
    },

    /** @returns the exit code */
    conclude(): 0 | 1 {
      const seconds = (Date.now() - startedAt) / 1000;
      const { user, system } = process.cpuUsage();
      const cpuSeconds = (user + system) / 1e6;
      for (const line of tally.lines()) print(line);
      const rates = [tally.events, tally.notices].map((count) =>
        [seconds, cpuSeconds].map((time) => Math.round(count / time)),
      ) as [[number, number], [number, number]];
      print(`${seconds.toFixed(1)} s on ${threads} threads, ${cpuSeconds.toFixed(1)} s of CPU:`);
      print(`  ${rates[0][0]} events/s, ${rates[0][1]} for each second of CPU`);
      print(`  ${rates[1][0]} notices/s, ${rates[1][1]} for each second of CPU`);
      print(tally.broken === 0 ? 'no violation' : `${tally.broken} of ${tally.seeds} seeds break an invariant`);
      return tally.broken === 0 ? 0 : 1;
    },
  };
}
