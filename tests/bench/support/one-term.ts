/** One pledge for many workers on an engine whose functions are measured: from the gift to the lapse, reminded eight times. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Engine, startEngine } from '../../../infra/local/engine.ts';
import { coverState } from '../../../shared/domain/cover.ts';
import { type CivilDate, civilDateOf } from '../../../shared/domain/dates.ts';
import { NUDGE_STEPS } from '../../../shared/domain/nudge.ts';
import { configurationSchema } from '../../../shared/settings.ts';
import { coverOf } from '../../../shared/store/covers.ts';
import { scanReminders } from '../../../shared/store/nudges.ts';
import { scanTypes } from '../../../shared/store/table.ts';
import { Client } from '../../acceptance/support/client.ts';
import type { PledgeAnswer } from '../../acceptance/support/contract.ts';
import { importRoster, people, roster } from '../../acceptance/support/roster.ts';
import { GATEWAYS, midtransNotification } from './gifts.ts';
import { measuredFunctions, startMeasuring, takeUsage, type UsageByFunction } from './usage.ts';

const START = '2026-12-01T08:00:00+07:00';
const AFTER_THE_LAPSE = '2027-07-01T08:00:00+07:00';
/** From the one to the other. */
export const DAYS = 212;
export const PROOF = 'prove-ledger';
/** What runs once a day for the whole system, however many workers there are. */
export const DAILY: ReadonlySet<string> = new Set([
  'start-cohorts',
  'sweep-overdue',
  'reconcile-gateways',
  'digest-donors',
]);

const CONFIGURATION = configurationSchema.parse({ gateways: GATEWAYS });
export const SHARDS = CONFIGURATION.lifecycle.shards;
const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../../functions');

export interface MeasuredSystem {
  readonly engine: Engine;
  readonly client: Client;
  readonly close: () => Promise<void>;
}

/** In one thread, because what a thread used is counted in that thread. */
export async function startMeasuredSystem(): Promise<MeasuredSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-bench-'));
  const functionsFolder = measuredFunctions(join(folder, 'functions'), readdirSync(FUNCTIONS_FOLDER));
  startMeasuring();
  const options = {
    data: join(folder, 'data'),
    port: 0,
    speed: 0,
    startMilliseconds: Date.parse(START),
    configuration: CONFIGURATION,
  };
  const engine = await startEngine(options, { functionsFolder, oneThread: true });
  const close = async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { engine, client: new Client(engine.url, engine.operatorToken), close };
}

export async function notifyMidtrans(
  { client }: MeasuredSystem,
  notification: ReturnType<typeof midtransNotification>,
) {
  const { path, headers, body } = notification;
  const { status } = await client.request('POST', path, { headers, body });
  if (status !== 200) throw new Error(`a webhook was answered ${status}`);
}

export interface MeasuredTerm {
  readonly usage: UsageByFunction;
  /** From the payment to the lapse; the roster was imported before. */
  readonly seconds: number;
}

/** @throws where anybody was not covered, or not reminded of each step */
export async function oneTerm(system: MeasuredSystem, workers: number): Promise<MeasuredTerm> {
  const { client, engine } = system;
  await importRoster(client, roster(people(1, workers)));
  await engine.drain();
  const pledge = await client.must<PledgeAnswer>('POST', '/api/pledges', {
    donor: { kind: 'corporate', name: 'PT Contoh' },
    workers,
  });
  takeUsage();
  const started = performance.now();
  const at = Date.parse(engine.clock.now());
  await notifyMidtrans(system, midtransNotification(pledge.amountRupiah, at, pledge.orderReference));
  await engine.advanceTo(AFTER_THE_LAPSE);
  const seconds = (performance.now() - started) / 1000;
  const usage = takeUsage();
  await everybodyWasServed(workers, civilDateOf(engine.clock.now()));
  return { usage, seconds };
}

/** Read from the rows: what the operators' API counts in one request has its limits. */
async function everybodyWasServed(workers: number, today: CivilDate): Promise<void> {
  const found = { lapsed: 0, reminded: 0, failed: 0 };
  for await (const page of scanTypes({ types: ['cover'] }))
    for (const row of page) if (coverState(coverOf(row), today, true) === 'lapsed') found.lapsed += 1;
  for await (const page of scanReminders())
    for (const { type, state, failed } of page)
      if (type === 'nudge_batch') found.failed += Object.keys(failed as object).length;
      else if (state === 'claimed') found.reminded += 1;
  const wanted = { lapsed: workers, reminded: workers * NUDGE_STEPS.length, failed: 0 };
  if (!isDeepStrictEqual(found, wanted)) throw new Error(`${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}
