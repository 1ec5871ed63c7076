/** When and whether a worker is written to: by day where they live, and never again once they said so. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

/** By occupation, so that each is found again; the end date of all is 1 March 2027. */
const CITIES = {
  pedagang: { city: 'Jayapura', region: '91.71', consent: 'ya' },
  ojek: { city: 'Makassar', region: '73.71', consent: 'ya' },
  kurir: { city: 'Jakarta', region: '31.71', consent: 'sms;whatsapp' },
} as const;
type Occupation = keyof typeof CITIES;

describeEmbedded('reminders of workers in three zones', () => {
  let system: System;
  const coverIds = {} as Record<Occupation, string>;

  beforeAll(async () => {
    system = await startSystem({ now: at('2026-12-01', '09:00') });
    const workers = Object.entries(CITIES).map(([occupation, { region, consent }], index) =>
      person(index + 1, { occupation, region, consentMessaging: consent }),
    );
    await importRoster(system, roster(workers));
    // 42.000 and twice 25.200: nothing is left that could renew anybody.
    await notify(system, newPayment(92_400, await system.nowMilliseconds()), 'settlement');
    await system.settle();
    await system.advanceBy('PT15M');
    for (const occupation of Object.keys(CITIES) as Occupation[]) {
      const [worker] = await system.workers({ occupation });
      coverIds[occupation] = worker?.coverId ?? '';
    }
  });
  afterAll(() => system.stop());

  const sentTo = async (occupation: Occupation) =>
    (await system.outbox()).filter(({ coverId }) => coverId === coverIds[occupation]);

  it('come on the day at the same moment, on the channel each agreed to first', async () => {
    await system.advanceTo(at('2027-01-30', '09:05'));
    for (const occupation of Object.keys(CITIES) as Occupation[]) {
      const [message, ...more] = await sentTo(occupation);
      expect(more).toEqual([]);
      expect(message).toMatchObject({ step: 'T-30', channel: occupation === 'kurir' ? 'sms' : 'whatsapp' });
      expect(message?.text).toMatch(/Bayar dengan sekali ketuk: http:\/\/127\.0\.0\.1:\d+\/pay\/\S+\n/);
    }
  });

  it('reach nobody any more who replied berhenti, and go on for who said anything else', async () => {
    const [jayapura] = await sentTo('pedagang');
    const [makassar] = await sentTo('ojek');
    await system.must('POST', `/local/outbox/${jayapura?.id}/replies`, { text: ' Berhenti. ' });
    await system.must('POST', `/local/outbox/${makassar?.id}/replies`, { text: 'halo' });
    await system.advanceTo(at('2027-02-15', '09:05'));
    expect((await sentTo('pedagang')).map(({ step }) => step)).toEqual(['T-30']);
    expect((await sentTo('ojek')).map(({ step }) => step).sort()).toEqual(['T-14', 'T-30']);
    const nudges = await system.nudges(coverIds.pedagang);
    expect(nudges.at(-1)).toMatchObject({ step: 'T-14', state: 'skipped', reason: 'suppressed' });
  });

  it('are on the list of those who asked, without a number, until a person lifts it with a reason', async () => {
    interface Listed {
      readonly items: readonly { readonly contactHash: string; readonly entries: readonly Record<string, unknown>[] }[];
    }
    const { items } = await system.must<Listed>('GET', '/api/suppressions');
    expect(items).toHaveLength(1);
    const [{ contactHash, entries } = { contactHash: '', entries: [] }] = items;
    expect(contactHash).toMatch(/^[0-9a-f]{64}$/);
    expect(entries).toMatchObject([{ scope: 'all', reason: 'stop_reply', via: 'whatsapp' }]);
    expect(JSON.stringify(items)).not.toMatch(/62812|0812/);
    const lift = (body: object) => system.operate('POST', `/api/suppressions/${contactHash}/lift`, body);
    expect((await lift({ scope: 'all' })).status).toBe(400);
    expect((await lift({ scope: 'sms', note: 'salah nomor' })).status).toBe(404);
    expect((await lift({ scope: 'all', note: 'minta dihubungi lagi, tiket 42' })).status).toBe(200);
    const lifted = await system.must<Listed>('GET', '/api/suppressions');
    expect(lifted.items[0]?.entries).toMatchObject([
      { scope: 'all', lifted: { note: 'minta dihubungi lagi, tiket 42' } },
    ]);
    await system.advanceTo(at('2027-02-22', '09:05'));
    expect((await sentTo('pedagang')).map(({ step }) => step).sort()).toEqual(['T-30', 'T-7']);
  });
});
