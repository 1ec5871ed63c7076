/**
 * The whole system, killed: the demo with its engine, its tables and those who give, in a process of its own. Each
 * time it is started again on its data and goes on, until it is through.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../../../infra/local/example/random.ts';
import type { ExampleReport } from '../../../infra/local/example/report.ts';
import { type Ended, EngineProcess } from '../../acceptance/support/engine-process.ts';

/** All that must be the same however the run was disturbed. */
export interface Ending {
  readonly holds: boolean;
  readonly balances: Readonly<Record<string, number>>;
  readonly totals: Readonly<Record<string, number>>;
  readonly donations: Readonly<Record<string, number>>;
  readonly workers: ExampleReport['workers'];
  readonly covers: ExampleReport['covers'];
  readonly contributions: ExampleReport['contributions'];
  readonly nudges: ExampleReport['nudges'];
  readonly quarantine: ExampleReport['quarantine'];
  readonly violations: readonly unknown[];
}

export interface DemoRun {
  readonly ending: Ending;
  readonly milliseconds: number;
  /** How long each process lived that was killed. */
  readonly killedAfterMilliseconds: readonly number[];
}

const DEMO = 'infra/local/demo.ts';
export const WORKERS = 40;

/** Which gift of several that came at once is spent first is chance, and decides what a refund finds: sums are not. */
const SPENT_OR_NOT = ['allocated', 'partly_allocated', 'received'];

function add(sums: Record<string, number>, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount;
}

export function endingOf(report: ExampleReport): Ending {
  const { holds, workers, covers, contributions, nudges, quarantine, proof, trialBalance } = report;
  const balances: Record<string, number> = {};
  for (const { account, balanceRupiah } of trialBalance.accounts)
    add(balances, /^(fund:|guarantee$)/.test(account) ? 'funds and guarantee' : account, balanceRupiah);
  const { allocatedRupiah = 0, remainingRupiah = 0, ...totals } = report.totals;
  const donations: Record<string, number> = {};
  for (const [state, count] of Object.entries(report.donations))
    add(donations, SPENT_OR_NOT.includes(state) ? 'spent or not' : state, count);
  return {
    ...{ holds, balances, donations, workers, covers, contributions, nudges, quarantine },
    totals: { ...totals, allocatedAndRemaining: allocatedRupiah + remainingRupiah },
    violations: proof.violations,
  };
}

/** One cover each: how much of the pool refunds leave for renewals depends on which gifts were spent by then. */
const ONE_TERM_EACH = {
  version: 'one-term-each',
  effectiveFrom: '2026-12-01',
  shares: { continuity: 0, newStarts: 100 },
  continuityWindowDays: 0,
  priorityGroups: ['disability'],
  donatedTermsCap: 1,
};

function startDemo(folder: string): EngineProcess {
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, JSON.stringify(ONE_TERM_EACH));
  const options = ['--json', '--workers', String(WORKERS), '--data', folder, '--policy', policy];
  return new EngineProcess(options, {}, DEMO);
}

function endingIn({ exitCode, stdout, stderr }: Ended): Ending {
  if (exitCode !== 0) throw new Error(`the demo ended with ${exitCode}: ${stderr.slice(-4_000)}`);
  return endingOf(JSON.parse(stdout) as ExampleReport);
}

/** @returns how it ended by itself, or null where it was killed */
async function endWithin(demo: EngineProcess, milliseconds: number): Promise<Ended | null> {
  const ended = await Promise.race([demo.ended(), sleep(milliseconds, null)]);
  if (ended !== null) return ended;
  const { signal, ...rest } = await demo.end('SIGKILL');
  return signal === 'SIGKILL' ? null : { signal, ...rest };
}

/**
 * One run to its end.
 * @param lives milliseconds until each kill, counted from the start of that process; a run that is through earlier is
 *   killed less often
 */
export async function runDemo(lives: readonly number[] = []): Promise<DemoRun> {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-killed-'));
  const began = performance.now();
  const killedAfterMilliseconds: number[] = [];
  try {
    for (const life of lives) {
      const ended = await endWithin(startDemo(folder), life);
      if (ended) return { ending: endingIn(ended), milliseconds: performance.now() - began, killedAfterMilliseconds };
      killedAfterMilliseconds.push(life);
    }
    const ended = await startDemo(folder).ended();
    return { ending: endingIn(ended), milliseconds: performance.now() - began, killedAfterMilliseconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Random moments of a run that takes so long undisturbed, as the time from one kill to the next. */
export function randomLives(chance: Chance, kills: number, milliseconds: number): number[] {
  const moments = Array.from({ length: kills }, () => chance.between(0, Math.floor(milliseconds)));
  return moments.sort((left, right) => left - right).map((moment, index) => moment - (moments[index - 1] ?? 0));
}
