/**
 * (f) What one donation and one worker-term ask of AWS, counted while the engine runs the very functions, and what that
 * costs by the price list. A worker-term is everything from the gift to the lapse, with eight reminders. The daily runs
 * are counted apart: they are of the system, except for the proof, which reads every row of the books every day.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Engine, startEngine } from '../../../infra/local/engine.ts';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { phasesOf } from '../../../shared/domain/lifecycle.ts';
import { configurationSchema } from '../../../shared/settings.ts';
import { Client } from '../../acceptance/support/client.ts';
import type { PledgeAnswer, Stats } from '../../acceptance/support/contract.ts';
import { importRoster, people, roster } from '../../acceptance/support/roster.ts';
import { type Figure, type PartOptions, scaled } from '../figures.ts';
import { type Bill, billOf, perUnit } from '../support/bill.ts';
import { GATEWAYS, midtransNotification, TERM_RUPIAH } from '../support/gifts.ts';
import { PRICES, PRICES_AS_OF } from '../support/prices.ts';
import { chargedStates } from '../support/states.ts';
import { measuredFunctions, startMeasuring, takeUsage } from '../support/usage.ts';

const WORKERS = 900;
const GIFTS = 300;
const START = '2026-12-01T08:00:00+07:00';
const AFTER_THE_LAPSE = '2027-07-01T08:00:00+07:00';
const DAYS = 212;
const BUDGET_WRITE_UNITS = 24;
const BUDGET_USD = 0.000_02;
const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../../functions');
const DAILY = new Set(['start-cohorts', 'sweep-overdue', 'reconcile-gateways']);
const PROOF = 'prove-ledger';
/** What a term of three months has of phases, each with a child for each shard. */
const PHASES = phasesOf({ startDate: '2026-12-01' as CivilDate, termMonths: 3 }).length;

interface World {
  readonly engine: Engine;
  readonly client: Client;
}

async function settle({ client, engine }: World, notification: ReturnType<typeof midtransNotification>) {
  const { path, headers, body } = notification;
  const { status } = await client.request('POST', path, { headers, body });
  if (status !== 200) throw new Error(`a webhook was answered ${status}`);
  return engine;
}

/** One pledge for everybody, paid, and half a year. */
async function oneTerm(world: World, workers: number) {
  const { client, engine } = world;
  await importRoster(client, roster(people(1, workers)));
  await engine.drain();
  const pledge = await client.must<PledgeAnswer>('POST', '/api/pledges', {
    donor: { kind: 'corporate', name: 'PT Contoh' },
    workers,
  });
  takeUsage();
  const at = Date.parse(engine.clock.now());
  await settle(world, midtransNotification(pledge.amountRupiah, at, pledge.orderReference));
  await engine.advanceTo(AFTER_THE_LAPSE);
  const usage = takeUsage();
  const { covers } = await client.must<Stats>('GET', '/api/stats');
  if (covers.lapsed !== workers) throw new Error(`${covers.lapsed} of ${workers} covers lapsed`);
  return usage;
}

/** Many gifts of one term each, as they come, until each has bought its cover. */
async function manyGifts(world: World, gifts: number) {
  const { client, engine } = world;
  await importRoster(client, roster(people(100_000, gifts)));
  await engine.drain();
  takeUsage();
  const at = Date.parse(engine.clock.now());
  for (let gift = 0; gift < gifts; gift += 1) {
    await settle(world, midtransNotification(TERM_RUPIAH, at));
    // One at a time is the dearest way: nothing shares a batch.
    await engine.drain();
  }
  return takeUsage();
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-bench-'));
  const names = readdirSync(FUNCTIONS_FOLDER);
  const functionsFolder = measuredFunctions(join(folder, 'functions'), names);
  const configuration = configurationSchema.parse({ gateways: GATEWAYS });
  startMeasuring();
  const startMilliseconds = Date.parse(START);
  const options = { data: join(folder, 'data'), port: 0, speed: 0, startMilliseconds, configuration };
  const engine = await startEngine(options, { functionsFolder, oneThread: true });
  try {
    const world = { engine, client: new Client(engine.url, engine.operatorToken) };
    const [workers, gifts] = [scaled(WORKERS, scale, 60), scaled(GIFTS, scale, 10)];
    const term = await oneTerm(world, workers);
    const proof = billOf(term, (name) => name === PROOF);
    const termBill = perUnit(
      billOf(term, (name) => name !== PROOF && !DAILY.has(name)),
      workers,
    );
    const given = await manyGifts(world, gifts);
    const writerCalls = billOf(given, (name) => name === 'allocate-funds').calls / gifts;
    const children = term.get('run-cover-phase')?.invocations ?? 0;
    const { shards } = configuration.lifecycle;
    const lifecycle = { states: await chargedStates(), children, expected: PHASES * shards };
    return [
      ...donationFigures(perUnit(billOf(given), gifts), writerCalls),
      ...termFigures(termBill, proof, workers),
      ...lifecycleFigures(lifecycle, workers),
    ];
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(unit: string, bill: Bill): Figure[] {
  const name = (what: string) => `a ${unit}: ${what}`;
  return [
    { name: name('calls to AWS'), value: bill.calls, unit: 'calls', note: bill.callsByService },
    { name: name('read units'), value: bill.readUnits, unit: 'units' },
    { name: name('invocations'), value: bill.invocations, unit: 'invocations' },
    { name: name('Lambda, estimated'), value: bill.gigabyteMilliseconds, unit: 'GB-ms', note: bill.timeNote },
    { name: name('calls to KMS alone'), value: bill.keyUsd, unit: 'USD' },
  ];
}

function donationFigures(gift: Bill, writerCalls: number): Figure[] {
  return [
    ...figuresOf('donation', gift),
    {
      name: "a donation: calls of its fund's one writer",
      value: writerCalls,
      unit: 'calls',
      note: 'one after the other',
    },
    { name: 'a donation: write units', value: gift.writeUnits, unit: 'units' },
    {
      name: 'a donation: cost',
      value: gift.usd,
      unit: 'USD',
      note: `${PRICES_AS_OF}; each alone, which is the dearest way`,
    },
  ];
}

function termFigures(term: Bill, proof: Bill, workers: number): Figure[] {
  const proofUnits = proof.readUnits / workers;
  const proofUsd = proofUnits * PRICES.readUnit;
  return [
    ...figuresOf('worker-term', term),
    { name: 'a worker-term: write units', value: term.writeUnits, unit: 'units', atMost: BUDGET_WRITE_UNITS },
    { name: 'a worker-term: cost', value: term.usd, unit: 'USD', atMost: BUDGET_USD, note: PRICES_AS_OF },
    {
      name: 'the daily proof: read units a worker-term',
      value: proofUnits,
      unit: 'units',
      note: `USD ${proofUsd.toPrecision(2)} on top, over ${DAYS} days for ${workers} workers: it reads every row of the books each day`,
    },
  ];
}

interface Lifecycle {
  readonly states: number;
  readonly children: number;
  readonly expected: number;
}

/** The cohort's children were counted; beyond a child for each phase and shard, they would be the workers' own. */
function lifecycleFigures({ states, children, expected }: Lifecycle, workers: number): Figure[] {
  return [
    {
      name: 'a worker-term: children of a state machine of its own',
      value: (children - expected) / workers,
      unit: 'children',
      atMost: 0,
      note: `${children} ran for ${workers} workers; ${PHASES} phases by shards are ${expected}`,
    },
    {
      name: 'a cohort: state transitions, at most',
      value: states + children,
      unit: 'transitions',
      note: `${states} states in the definition and ${children} children, for however many workers`,
    },
  ];
}
