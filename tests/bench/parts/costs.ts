/**
 * (f) What one donation and one worker-term ask of AWS, counted while the engine runs the very functions, and what that
 * costs by the price list. A worker-term is everything from the gift to the lapse, with eight reminders. The daily runs
 * are counted apart: they are of the system, except for the proof, which reads every row of the books every day.
 */
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { phasesOf } from '../../../shared/domain/lifecycle.ts';
import { importRoster, people, roster } from '../../acceptance/support/roster.ts';
import { type Figure, type PartOptions, scaled } from '../figures.ts';
import { type Bill, billOf, perUnit } from '../support/bill.ts';
import { midtransNotification, TERM_RUPIAH } from '../support/gifts.ts';
import {
  DAILY,
  DAYS,
  type MeasuredSystem,
  notifyMidtrans,
  oneTerm,
  PROOF,
  SHARDS,
  startMeasuredSystem,
} from '../support/one-term.ts';
import { PRICES, PRICES_AS_OF } from '../support/prices.ts';
import { chargedStates } from '../support/states.ts';
import { takeUsage } from '../support/usage.ts';

const WORKERS = 900;
const GIFTS = 300;
const BUDGET_WRITE_UNITS = 24;
const BUDGET_USD = 0.000_02;
/** What a term of three months has of phases, each with a child for each shard. */
const PHASES = phasesOf({ startDate: '2026-12-01' as CivilDate, termMonths: 3 }).length;

/** Many gifts of one term each, as they come, until each has bought its cover. */
async function manyGifts(system: MeasuredSystem, gifts: number) {
  const { client, engine } = system;
  await importRoster(client, roster(people(100_000, gifts)));
  await engine.drain();
  takeUsage();
  const at = Date.parse(engine.clock.now());
  for (let gift = 0; gift < gifts; gift += 1) {
    await notifyMidtrans(system, midtransNotification(TERM_RUPIAH, at));
    // One at a time is the dearest way: nothing shares a batch.
    await engine.drain();
  }
  return takeUsage();
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const system = await startMeasuredSystem();
  try {
    const [workers, gifts] = [scaled(WORKERS, scale, 60), scaled(GIFTS, scale, 10)];
    const { usage: term } = await oneTerm(system, workers);
    const proof = billOf(term, (name) => name === PROOF);
    const termBill = perUnit(
      billOf(term, (name) => name !== PROOF && !DAILY.has(name)),
      workers,
    );
    const given = await manyGifts(system, gifts);
    const writerCalls = billOf(given, (name) => name === 'allocate-funds').calls / gifts;
    const children = term.get('run-cover-phase')?.invocations ?? 0;
    const lifecycle = { states: await chargedStates(), children, expected: PHASES * SHARDS };
    return [
      ...donationFigures(perUnit(billOf(given), gifts), writerCalls),
      ...termFigures(termBill, proof, workers),
      ...lifecycleFigures(lifecycle, workers),
    ];
  } finally {
    await system.close();
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
