/** Plays seeds, each the same wherever it is played: here, or one after the other on threads of their own. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { Scope } from '../../infra/local/lifecycle/definition.ts';
import { lifecycleGraph } from './lifecycle.ts';
import type { Notice } from './payment.ts';
import { type Outcome, runSeed } from './run-seed.ts';
import { onlyNotices, scenarioOf } from './scenario.ts';
import { shrink } from './shrink.ts';

export interface SeedTask {
  readonly seed: number;
  readonly events: number;
  /** Notices by number, where not all are sent. */
  readonly only: readonly number[] | undefined;
  readonly shrinkSeconds: number;
}

export interface FailedSeed {
  readonly seed: number;
  readonly outcome: Outcome;
  readonly replay: string;
  /** The least that still breaks, a line for each. */
  readonly notices: readonly string[];
}

export interface SeedResult {
  readonly seed: number;
  readonly outcome: Outcome;
  readonly failed?: FailedSeed;
}

const NOTICES_SHOWN = 30;

function lineOf({ number, payment, step, form, sendMilliseconds, lie }: Notice): string {
  const { kind, amount, atMilliseconds } = payment.steps[step] as (typeof payment.steps)[number];
  const word = lie === 'none' ? kind : `${lie} ${kind}`;
  const times = `happened ${new Date(atMilliseconds).toISOString()}, sent ${new Date(sendMilliseconds).toISOString()}`;
  return `    ${number}: ${payment.sender} ${payment.id} ${[word, form].join(' ').trim()} ${amount}, ${times}`;
}

export async function playSeed(task: SeedTask, graph: Scope): Promise<SeedResult> {
  const { seed, events, only, shrinkSeconds } = task;
  const whole = scenarioOf(seed, events);
  const scenario = only ? onlyNotices(whole, new Set(only)) : whole;
  const outcome = await runSeed(scenario, graph);
  if (outcome.violations.length === 0) return { seed, outcome };
  const { notices } = only ? scenario : await shrink(scenario, graph, outcome, shrinkSeconds * 1000);
  const isSmaller = notices.length < whole.notices.length;
  const wanted = isSmaller ? ` --only ${notices.map(({ number }) => number).join(',')}` : '';
  const shown = notices.slice(0, NOTICES_SHOWN).map(lineOf);
  if (notices.length > NOTICES_SHOWN) shown.push(`    … ${notices.length - NOTICES_SHOWN} more`);
  const replay = `npm run simulate -- --seed ${seed} --events ${events}${wanted}`;
  return { seed, outcome, failed: { seed, outcome, replay, notices: shown } };
}

/** One after the other on this thread. */
export async function playHere(tasks: readonly SeedTask[], take: (result: SeedResult) => void): Promise<void> {
  const graph = await lifecycleGraph();
  for (const task of tasks) take(await playSeed(task, graph));
}

/** Hands tasks to so many threads and tells of each result as it comes. */
export async function playOnThreads(
  tasks: readonly SeedTask[],
  threads: number,
  take: (result: SeedResult) => void,
): Promise<void> {
  const left = [...tasks];
  const worked = Array.from({ length: Math.min(threads, tasks.length) }, async () => {
    const worker = new Worker(new URL(import.meta.url));
    for (let task = left.shift(); task; task = left.shift()) take(await answerOf(worker, task));
    await worker.terminate();
  });
  await Promise.all(worked);
}

function answerOf(worker: Worker, task: SeedTask): Promise<SeedResult> {
  const { promise, resolve, reject } = Promise.withResolvers<SeedResult>();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.postMessage(task);
  return promise.finally(() => {
    worker.off('message', resolve);
    worker.off('error', reject);
  });
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  const graph = lifecycleGraph();
  port.on('message', async (task: SeedTask) => port.postMessage(await playSeed(task, await graph)));
}
