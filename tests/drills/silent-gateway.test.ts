/**
 * A gateway says nothing for three hours. Nobody is told by it, so an operator must be able to see it; what it tells
 * afterwards counts at the time it was paid. The alarm that wakes somebody is in `tests/infra/alarms.test.ts`.
 */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { provenAccounts } from '../acceptance/support/books.ts';
import type { Stats } from '../acceptance/support/contract.ts';
import { newPayment, notify } from '../acceptance/support/midtrans.ts';
import { give, newGift } from '../acceptance/support/partner.ts';
import { describeEmbedded, type System, startSystemForTest } from '../acceptance/support/system.ts';

const HOUR_MILLISECONDS = 3_600_000;
const SILENT_HOURS = 3;
const AMOUNT_RUPIAH = 25_000;
const PROJECT = resolve(import.meta.dirname, '../..');

async function seenByOperator({ folder }: System): Promise<Stats['gateways']> {
  const environment = { ...process.env, LINGKARAN_DATA: join(folder, 'data') };
  const command = join(PROJECT, 'infra/cli/lingkaran.mjs');
  const { stdout } = await promisify(execFile)(command, ['status', '--json'], { cwd: PROJECT, env: environment });
  return (JSON.parse(stdout) as { stats: Stats }).stats.gateways;
}

describeEmbedded('a gateway that is silent for three hours', () => {
  it('is seen by an operator, and what it then tells is booked once at the time it was paid', async () => {
    const system = await startSystemForTest();
    const began = await system.nowMilliseconds();
    const unheard = Array.from({ length: SILENT_HOURS }, (_, hour) =>
      newPayment(AMOUNT_RUPIAH, began + hour * HOUR_MILLISECONDS),
    );
    await notify(system, newPayment(AMOUNT_RUPIAH, began), 'settlement');
    for (let hour = 0; hour <= SILENT_HOURS; hour += 1) {
      if (hour > 0) await system.advanceBy('PT1H');
      await give(system, newGift(AMOUNT_RUPIAH, await system.nowMilliseconds()));
    }
    await system.settle();
    const lastHeard = (milliseconds: number) => new Date(milliseconds).toISOString();
    expect(await seenByOperator(system)).toEqual({
      midtrans: { donations: 1, lastNewAt: lastHeard(began) },
      'partner:kitabisa': {
        donations: SILENT_HOURS + 1,
        lastNewAt: lastHeard(began + SILENT_HOURS * HOUR_MILLISECONDS),
      },
    });
    expect((await provenAccounts(system))['gateway:midtrans']).toBe(-AMOUNT_RUPIAH);

    const told = [...unheard, ...unheard].map((payment) => notify(system, payment, 'settlement'));
    expect((await Promise.all(told)).map(({ status }) => status)).toEqual(Array(2 * SILENT_HOURS).fill(200));
    await system.settle();
    const donations = await system.donations({ gateway: 'midtrans' });
    const paidHours = donations.map(({ paidAt }) => Math.floor((Date.parse(paidAt!) - began) / HOUR_MILLISECONDS));
    expect(paidHours.sort()).toEqual([0, 0, 1, 2]);
    expect((await provenAccounts(system))['gateway:midtrans']).toBe(-(1 + SILENT_HOURS) * AMOUNT_RUPIAH);
    expect((await seenByOperator(system)).midtrans).toEqual({
      donations: 1 + SILENT_HOURS,
      lastNewAt: lastHeard(began + SILENT_HOURS * HOUR_MILLISECONDS),
    });
  });
});
