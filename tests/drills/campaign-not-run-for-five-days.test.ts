/**
 * A release of the campaigns' run fails for five days, with the sweeper switched off, over T-7 and T-1 of a campaign. The
 * sound one that follows sends the last step that is due, once, and records the one that was overtaken with its count.
 */
import { expect, it } from 'vitest';
import { give, newGift } from '../acceptance/support/partner.ts';
import { importRoster, people, roster } from '../acceptance/support/roster.ts';
import { describeEmbedded, type System } from '../acceptance/support/system.ts';
import { at } from '../acceptance/support/wib.ts';
import type { Drill } from './support/drill.ts';
import { Systems } from './support/start.ts';

const WORKERS = 4;
const TERM_RUPIAH = 42_000;
const STAFF = { name: 'sari', channel: 'whatsapp', to: '+628110000001' };
const CAMPAIGN = {
  name: 'Semua',
  audience: { everyone: true },
  steps: [-7, -3, 5],
  metric: 'self_paid_renewal',
  sendHour: 10,
};

async function sent(system: System): Promise<Record<string, number>> {
  const byStep = Map.groupBy(await system.outbox(), ({ step }) => step);
  return Object.fromEntries([...byStep].map(([step, messages]) => [step, messages.length]));
}

describeEmbedded('campaigns that are not run for five days', () => {
  it('are made good by the next run, without a flood', async () => {
    const systems = new Systems({ configuration: { campaigns: { testRecipients: [STAFF] } } });
    const before = await systems.start();
    await importRoster(before, roster(people(1, WORKERS)));
    await give(before, newGift(WORKERS * TERM_RUPIAH, await before.nowMilliseconds()));
    await before.settle();
    await before.advanceBy('PT15M');
    await before.advanceTo(at('2027-01-29', '12:00'));
    const { campaignId } = await before.must<{ campaignId: string }>('POST', '/api/campaigns', CAMPAIGN);
    await before.must('POST', `/api/campaigns/${campaignId}/launch`);
    const ranThrough = async (system: System) =>
      (await system.must<{ ranThrough: string }>('GET', `/api/campaigns/${campaignId}`)).ranThrough;

    // The covers end on 1 March: T-7 is the twenty-second, T-3 the twenty-sixth.
    await before.advanceTo(at('2027-02-21', '12:00'));
    expect(await ranThrough(before)).toBe('2027-02-21');
    expect(await sent(before)).toEqual({});

    const failing: Drill = {
      changed: { functionFolder: 'run-campaign', release: 'fails' },
      schedulesOff: ['sweep-overdue'],
    };
    const broken = await systems.start(failing);
    await broken.advanceTo(at('2027-02-26', '12:00'));
    expect(await sent(broken)).toEqual({});
    expect(await ranThrough(broken)).toBe('2027-02-21');

    const after = await systems.start();
    await after.advanceTo(at('2027-02-27', '09:59'));
    await after.advanceTo(at('2027-02-27', '12:00'));
    expect(await sent(after)).toEqual({ 'T-3': WORKERS });
    expect(await ranThrough(after)).toBe('2027-02-27');
    await after.advanceTo(at('2027-03-06', '12:00'));
    expect(await sent(after)).toEqual({ 'T-3': WORKERS, 'T+5': WORKERS });
    for (const { coverId } of await after.covers())
      expect((await after.nudges(coverId)).map(({ step, state }) => [step, state])).toEqual([
        ['T-3', 'sent'],
        ['T+5', 'sent'],
      ]);
  });
});
