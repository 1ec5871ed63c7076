/**
 * (b) Donations a second through the whole engine, from the webhook to the cover handed to the registrar, against a
 * bare script that makes the same writes to the same table engine and nothing else: the fastest of one write at a time
 * and eight at a time, writes of one row in their order. The gateway that sends is a process beside the engine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, startEngine } from '../../../infra/local/engine.ts';
import { createTables } from '../../../infra/local/tables/create-tables.ts';
import { startTables } from '../../../infra/local/tables/dynoxide.ts';
import { repositoryTemplate } from '../../../infra/local/template/cached-template.ts';
import { localPlace } from '../../../infra/local/template/place.ts';
import { describeSystem } from '../../../infra/local/template/system.ts';
import { configurationSchema, settingsSchema } from '../../../shared/settings.ts';
import { Client } from '../../acceptance/support/client.ts';
import type { Stats } from '../../acceptance/support/contract.ts';
import { importRoster, people, roster } from '../../acceptance/support/roster.ts';
import { type Figure, type PartOptions, scaled } from '../figures.ts';
import { GATEWAYS } from '../support/gifts.ts';
import { recordingFunctions, takeWrites } from '../support/recording-functions.ts';
import { replay, type Write } from '../support/replay.ts';
import { Sender } from '../support/sender.ts';

const GIFTS = 2_000;
const WARM_UP = 50;
const LANES = [1, 8];
const LEAST_SHARE = 0.6;
const START = '2026-12-01T08:00:00+07:00';

async function give(engine: Engine, sender: Sender, gifts: number): Promise<number> {
  const started = performance.now();
  await sender.send({ url: engine.url, gifts, atMilliseconds: Date.parse(engine.clock.now()) });
  await engine.drain();
  return (performance.now() - started) / 1000;
}

async function throughTheEngine(folder: string, gifts: number) {
  const configuration = configurationSchema.parse({ gateways: GATEWAYS });
  const options = { data: folder, port: 0, speed: 0, startMilliseconds: Date.parse(START), configuration };
  const engine = await startEngine(options, { functionsFolder: recordingFunctions(join(folder, 'functions')) });
  const sender = new Sender();
  try {
    const client = new Client(engine.url, engine.operatorToken);
    await importRoster(client, roster(people(1, gifts + WARM_UP)));
    await give(engine, sender, WARM_UP);
    const before = await takeWrites();
    const seconds = await give(engine, sender, gifts);
    const writes = await takeWrites();
    const { covers } = await client.must<Stats>('GET', '/api/stats');
    const bought = Object.values(covers).reduce((sum, count) => sum + count, 0);
    if (bought !== gifts + WARM_UP) throw new Error(`${gifts + WARM_UP} gifts bought ${bought} covers`);
    return { before, writes, seconds };
  } finally {
    sender.stop();
    await engine.stop();
  }
}

async function bare(before: readonly Write[], writes: readonly Write[], lanes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-bench-'));
  const tables = await startTables(folder, 0);
  try {
    const template = await repositoryTemplate(settingsSchema.parse({}));
    await createTables(describeSystem(template, localPlace('http://127.0.0.1:0')).tables, tables.url);
    await replay(tables.url, before, 8);
    const started = performance.now();
    const refused = await replay(tables.url, writes, lanes);
    return { seconds: (performance.now() - started) / 1000, refused, lanes };
  } finally {
    await tables.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-bench-'));
  try {
    const gifts = scaled(GIFTS, scale, 50);
    const { before, writes, seconds } = await throughTheEngine(folder, gifts);
    const replays = [];
    for (const lanes of LANES) replays.push(await bare(before, writes, lanes));
    const fastest = replays.toSorted((left, right) => left.seconds - right.seconds)[0] as (typeof replays)[0];
    const transactions = writes.filter(({ name }) => name === 'TransactWriteCommand').length;
    const note = `${writes.length / gifts} writes a donation, ${transactions / gifts} of them transactions`;
    return [
      { name: `${gifts} donations booked and allocated`, value: gifts / seconds, unit: '/s', note },
      ...replays.map(({ lanes, refused, seconds: taken }) => ({
        name: `the same writes by a bare script, ${lanes} at a time`,
        value: gifts / taken,
        unit: '/s',
        note: `${refused} of ${writes.length} refused`,
      })),
      { name: 'ratio', value: fastest.seconds / seconds, unit: 'x', atLeast: LEAST_SHARE },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
