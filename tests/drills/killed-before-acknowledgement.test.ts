/**
 * A consumer is killed when all is written and nothing is acknowledged: the queue hands the same messages out again to
 * the next one, and nothing happens twice.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { expectAddsUp, paidMonths, provenAccounts } from '../acceptance/support/books.ts';
import { give, newGift } from '../acceptance/support/partner.ts';
import { importRoster, people, roster } from '../acceptance/support/roster.ts';
import { describeEmbedded, type System } from '../acceptance/support/system.ts';
import { at } from '../acceptance/support/wib.ts';
import { Systems } from './support/start.ts';

const WORKERS = 5;
const TERM_RUPIAH = 42_000;
const GIFT = newGift(WORKERS * TERM_RUPIAH, Date.parse(at('2026-12-01', '08:00')), { paymentId: 'killed' });

/** Whatever a step did before it was cut off it may do again, as its caller would. */
const STORY: readonly ((system: System) => Promise<unknown>)[] = [
  (system) => importRoster(system, roster(people(1, WORKERS))),
  (system) => give(system, GIFT),
  (system) => system.settle(),
  (system) => system.advanceTo(at('2026-12-01', '08:15')),
  (system) => system.advanceTo(at('2027-01-30', '12:00')),
];

/** @returns how many steps were over when the engine died */
async function playUntilItDies(system: System): Promise<number> {
  for (const [index, step] of STORY.entries()) {
    const cut = await step(system).then(
      () => false,
      () => true,
    );
    if (cut) return index;
  }
  throw new Error('nobody died');
}

function messagesIn(folder: string, queue: string): number {
  const file = join(folder, 'data/queues/fauxqs.db');
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database
    .prepare('SELECT count(*) AS messages FROM sqs_messages WHERE queue_name LIKE ?')
    .get(`%${queue}%`) as { messages: number };
  database.close();
  return row.messages;
}

describeEmbedded('a consumer killed between its transaction and the acknowledgement', () => {
  it.each([
    ['import-workers', 'imports'],
    ['record-payment', 'payments'],
    ['allocate-funds', 'funds'],
    ['enrol-workers', 'enrolments'],
    ['send-nudges', 'nudges'],
  ])('%s does what is in its queue once', async (functionFolder, queue) => {
    const systems = new Systems();
    const mortal = await systems.start({ changed: { functionFolder, release: 'dies' } });
    const done = await playUntilItDies(mortal);
    await mortal.kill();
    expect(messagesIn(systems.folder, queue)).toBeGreaterThan(0);

    const system = await systems.start();
    for (const step of STORY.slice(done)) await step(system);
    await system.settle();

    const donation = await system.donationOf('partner:kitabisa', GIFT.paymentId);
    expectAddsUp(donation);
    expect(donation.timeline.filter(({ kind }) => kind === 'payment')).toHaveLength(1);
    expect(await system.workers()).toHaveLength(WORKERS);
    const covers = await system.covers();
    expect(new Set(covers.map(({ workerId }) => workerId)).size).toBe(WORKERS);
    expect(covers.map((cover) => [cover.state, paidMonths(cover).length])).toEqual(
      Array(WORKERS).fill(['expiring', 2]),
    );
    // The first month has the tariff of December, the second that of January.
    expect(await provenAccounts(system)).toEqual({
      'contributions:paid': WORKERS * (8_400 + 16_800),
      'cover:committed': WORKERS * 16_800,
      'gateway:partner:kitabisa': -WORKERS * TERM_RUPIAH,
    });
    expect((await system.outbox()).map(({ step }) => step)).toEqual(Array(WORKERS).fill('T-30'));
    for (const state of await system.queues()) expect(state).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
  });
});
