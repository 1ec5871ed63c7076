/** A worker goes on alone: from the reminder over its link and a virtual account to cover without a gap, month after month. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provenAccounts } from './support/books.ts';
import { newPayment, notify, SERVER_KEY, statusOf } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { CONFIGURATION, describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_WANTED = { accept: 'application/json' };

interface Paying {
  readonly refusal: { readonly reason: string; readonly coveredUntil: string | null } | null;
  readonly from: string | null;
  readonly orders: readonly { readonly orderReference: string; readonly amountRupiah: number }[];
}

const linkIn = (text = '') => /http:\/\/\S+(\/pay\/\S+)/.exec(text)?.[1];

describeEmbedded('a worker whose donated cover ends', () => {
  let system: System;
  let links: string[] = [];

  beforeAll(async () => {
    system = await startSystem({ now: at('2026-12-01', '08:00') });
    // The sandbox is at the system's own address, which is known only now; nothing was asked yet.
    const charges = `${system.url}/local/sandbox/midtrans`;
    const midtrans = { serverKeys: [SERVER_KEY], statusApi: charges, chargeApi: charges };
    const gateways = { ...CONFIGURATION.gateways, midtrans };
    writeFileSync(join(system.folder, 'configuration.json'), JSON.stringify({ ...CONFIGURATION, gateways }));
    await importRoster(system, roster([person(1)]));
    const gift = newPayment(42_000, await system.nowMilliseconds());
    await system.request('POST', '/local/sandbox/midtrans', { body: JSON.stringify(statusOf(gift, 'settlement')) });
    await notify(system, gift, 'settlement');
    await system.settle();
    await system.advanceBy('PT15M');
  });
  afterAll(() => system.stop());

  const worker = async () => (await system.workers())[0];
  const paying = async (link: string) => (await system.request<Paying>('GET', link, { headers: JSON_WANTED })).body;
  const steps = async () => (await system.outbox()).map(({ step, sentAt }) => `${sentAt.slice(0, 10)} ${step}`);

  /** As `npx lingkaran trigger midtrans paid --order GNS-…`: it asks the sandbox how much. */
  async function payOrder(orderReference: string): Promise<void> {
    const configuration = join(system.folder, 'configuration.json');
    await promisify(execFile)(
      process.execPath,
      [
        join(PROJECT, 'infra/cli/lingkaran.mjs'),
        'trigger',
        'midtrans',
        'paid',
        '--order',
        orderReference,
        '--config',
        configuration,
      ],
      { cwd: PROJECT, env: { ...process.env, LINGKARAN_DATA: join(system.folder, 'data') } },
    );
    await system.settle();
    await system.advanceBy('PT15M');
  }

  it('finds a link in the reminder', async () => {
    await system.advanceTo(at('2027-02-15', '09:30'));
    links = (await system.outbox()).flatMap(({ text }) => linkIn(text) ?? []);
    expect(links.length).toBeGreaterThan(0);
    expect(new Set(links).size).toBe(1);
  });

  it('reads on its page what going on costs', async () => {
    const answer = await system.request<string>('GET', links[0] as string);
    expect(answer.status).toBe(200);
    for (const said of ['28 Februari 2027', '1 bulan, Maret 2027: Rp16.800', 'Virtual account BRI'])
      expect(answer.body).toContain(said);
    expect(answer.body).not.toContain('Contoh Pekerja');
    expect((await system.request('GET', `${links[0]}0`)).status).toBe(404);
  });

  it('orders a month, is given an account, and pays it: cover goes on, and nobody reminds of the old one', async () => {
    const link = links[0] as string;
    const ordered = await system.request('POST', link, { headers: FORM, body: 'months=1&via=bri' });
    expect([ordered.status, ordered.headers.get('location')]).toEqual([303, '?lang=id']);
    const { orders } = await paying(link);
    expect(orders).toMatchObject([
      { orderReference: expect.stringMatching(/^GNS-20270215-/), amountRupiah: 16_800, instruction: { method: 'bri' } },
    ]);
    await payOrder(orders[0]?.orderReference as string);
    const all = (await system.covers()).sort((a, b) => (a.coverId < b.coverId ? -1 : 1));
    expect(all).toMatchObject([
      { state: 'renewed', endDate: '2027-03-01' },
      { state: 'active', startDate: '2027-03-01', endDate: '2027-04-01', fundId: expect.stringMatching(/^self-/) },
    ]);
    expect(await worker()).toMatchObject({ state: 'self_paying', coverId: all[1]?.coverId });
    expect(await paying(link)).toMatchObject({ refusal: { reason: 'cover_renewed', coveredUntil: '2027-04-01' } });
    expect(await provenAccounts(system)).not.toHaveProperty('fund:self');
    const before = await steps();
    await system.advanceTo(at('2027-03-10', '10:00'));
    expect(await steps()).toEqual(before);
  });

  it('is reminded of the new end, and pays the second month by the new link', async () => {
    await system.advanceTo(at('2027-03-18', '10:00'));
    const [, own] = (await system.covers()).map(({ coverId }) => coverId).sort();
    const reminders = (await system.outbox()).filter(({ coverId }) => coverId === own);
    expect(reminders.map(({ step }) => step)).toEqual(['T-14']);
    const link = linkIn(reminders[0]?.text) as string;
    expect(link).not.toBe(links[0]);
    const headers = { ...JSON_WANTED, 'content-type': 'application/json' };
    const body = JSON.stringify({ months: 1, via: 'qris' });
    const ordered = await system.request<Paying['orders'][number]>('POST', link, { headers, body });
    expect(ordered).toMatchObject({ status: 201, body: { amountRupiah: 16_800, instruction: { kind: 'link' } } });
    await payOrder(ordered.body.orderReference);
    const ends = (await system.covers()).map(({ startDate, endDate }) => [startDate, endDate]).sort();
    expect(ends).toEqual([
      ['2026-12-01', '2027-03-01'],
      ['2027-03-01', '2027-04-01'],
      ['2027-04-01', '2027-05-01'],
    ]);
    expect(await worker()).toMatchObject({ state: 'self_paying' });
    expect((await system.prove()).holds).toBe(true);
  });
});
