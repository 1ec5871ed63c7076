/** What a worker's term costs in write units, as the table engine charges them: from the gift to the lapse. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../infra/local/engine.ts';
import { configurationSchema } from '../../shared/settings.ts';
import { type Consumed, consumedCapacity } from '../../shared/store/capacity.ts';
import { Client } from './support/client.ts';
import type { PledgeAnswer, Stats } from './support/contract.ts';
import { newPayment, notify, SERVER_KEY } from './support/midtrans.ts';
import { importRoster, people, roster } from './support/roster.ts';

const WORKERS = 90;
const BUDGET_WRITE_UNITS = 24;
/** Eight reminders, three months of cover and three of grace lie in between. */
const AFTER_THE_LAPSE = '2027-07-01T08:00:00+07:00';

describe('one worker-term, reminded eight times', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-write-units-'));
  let engine: Engine;
  let client: Client;

  beforeAll(async () => {
    process.env.MEASURE_CAPACITY = '1';
    const configuration = configurationSchema.parse({ gateways: { midtrans: { serverKeys: [SERVER_KEY] } } });
    const startMilliseconds = Date.parse('2026-12-01T08:00:00+07:00');
    const options = { data: folder, port: 0, speed: 0, startMilliseconds, configuration };
    // What a thread consumed is counted in that thread.
    engine = await startEngine(options, { oneThread: true });
    client = new Client(engine.url, engine.operatorToken);
  });
  afterAll(async () => {
    await engine.stop();
    delete process.env.MEASURE_CAPACITY;
    rmSync(folder, { recursive: true, force: true });
  });

  /** The outbox stands for the messaging provider, and people are registered once, not every term. */
  function writeUnitsOfTheBooks(): number {
    const tables = Object.entries(consumedCapacity()).filter(([name]) => !name.includes('vault'));
    expect(tables.length).toBe(2);
    return tables.reduce((sum, [, { writeUnits }]: [string, Consumed]) => sum + writeUnits, 0);
  }

  it(`costs at most ${BUDGET_WRITE_UNITS} write units`, async () => {
    await importRoster(client, roster(people(1, WORKERS)));
    await engine.drain();
    // The first look brings the reminders' table into the count.
    await client.must('GET', '/api/stats');
    const before = Object.values(consumedCapacity()).reduce((sum, { writeUnits }) => sum + writeUnits, 0);
    expect(before).toBeGreaterThan(0);
    const registered = writeUnitsOfTheBooks();
    const pledge = await client.must<PledgeAnswer>('POST', '/api/pledges', {
      donor: { kind: 'corporate', name: 'PT Contoh' },
      workers: WORKERS,
    });
    const payment = newPayment(pledge.amountRupiah, Date.parse(engine.clock.now()), { orderId: pledge.orderReference });
    expect((await notify(client, payment, 'settlement')).status).toBe(200);
    await engine.advanceTo(AFTER_THE_LAPSE);
    const stats = await client.must<Stats>('GET', '/api/stats');
    expect(stats).toMatchObject({
      covers: { lapsed: WORKERS },
      nudges: { 'T-30': { sent: WORKERS }, 'T+60': { sent: WORKERS } },
    });
    const perTerm = (writeUnitsOfTheBooks() - registered) / WORKERS;
    console.info(`${perTerm.toFixed(2)} write units per worker-term`);
    expect(perTerm).toBeGreaterThan(8);
    expect(perTerm).toBeLessThanOrEqual(BUDGET_WRITE_UNITS);
  });
});
