/** What a run of many seeds says, line by line. */
import type { FaultKind } from './fault-dice.ts';
import type { Outcome } from './run-seed.ts';
import type { Notice, Scenario } from './scenario.ts';

const NOTICES_SHOWN = 30;

function lineOf({ number, payment, step, sendMilliseconds, lie }: Notice): string {
  const { kind, amount, atMilliseconds } = payment.steps[step] as (typeof payment.steps)[number];
  const word = lie === 'none' ? kind : `${lie} ${kind}`;
  const times = `happened ${new Date(atMilliseconds).toISOString()}, sent ${new Date(sendMilliseconds).toISOString()}`;
  return `    ${number}: ${payment.sender} ${payment.id} ${word} ${amount}, ${times}`;
}

export function report(print: (line: string) => void = console.log) {
  const faults = new Map<FaultKind, number>();
  const startedAt = Date.now();
  let [seeds, posted, calls, broken] = [0, 0, 0, 0];
  return {
    take(seed: number, outcome: Outcome): void {
      seeds += 1;
      posted += outcome.posted;
      calls += outcome.calls;
      for (const [kind, count] of outcome.faults) faults.set(kind, (faults.get(kind) ?? 0) + count);
      if (seeds % 10 === 0) print(`${seeds} seeds, up to ${seed}: ${posted} events, ${broken} broken`);
    },

    failed(scenario: Scenario, smaller: Scenario, events: number, { violations }: Outcome): void {
      broken += 1;
      const { seed } = scenario;
      const only = smaller.notices.map(({ number }) => number).join(',');
      print(`seed ${seed} breaks:`);
      for (const { invariant, detail } of violations) print(`  ${invariant}: ${detail}`);
      const wanted = smaller.notices.length < scenario.notices.length ? ` --only ${only}` : '';
      print(`  play it again: npm run simulate -- --seed ${seed} --events ${events}${wanted}`);
      for (const notice of smaller.notices.slice(0, NOTICES_SHOWN)) print(lineOf(notice));
      if (smaller.notices.length > NOTICES_SHOWN) print(`    … ${smaller.notices.length - NOTICES_SHOWN} more`);
    },

    /** @returns the exit code */
    conclude(): 0 | 1 {
      const seconds = (Date.now() - startedAt) / 1000;
      const rate = Math.round(posted / seconds);
      print(`${seeds} seeds, ${posted} events, ${calls} calls of AWS in ${seconds.toFixed(1)} s: ${rate} events/s`);
      print('faults survived:');
      for (const [kind, count] of [...faults].sort(([, a], [, b]) => b - a)) print(`  ${kind}: ${count}`);
      print(broken === 0 ? 'no violation' : `${broken} of ${seeds} seeds break an invariant`);
      return broken === 0 ? 0 : 1;
    },
  };
}
