/** A reminder's way through a provider and back: sent as a template, told delivered, not reachable, stopped. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const APP_SECRET = 'whatsapp-app-secret';
const ACCOUNT = `AC${'1'.repeat(32)}`;

interface Sent {
  readonly path: string;
  readonly body: string;
}

describeEmbedded('with providers configured', () => {
  const sent: Sent[] = [];
  let provider: Server;
  let system: System;
  let coverId = '';

  beforeAll(async () => {
    provider = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      sent.push({ path: request.url ?? '', body });
      const isSms = request.url?.includes('/Accounts/');
      response.writeHead(isSms ? 201 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isSms ? { sid: 'SM1' } : { messages: [{ id: `wamid.${sent.length}` }] }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const api = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const configuration = {
      messaging: {
        kind: 'providers',
        whatsapp: { api, phoneNumberId: '42' },
        sms: { api, accountSid: ACCOUNT, from: 'LINGKARAN' },
      },
      messengers: {
        whatsapp: { accessTokens: ['access'], appSecrets: [APP_SECRET], verifyTokens: ['verify'] },
        sms: { authTokens: ['auth'] },
      },
    };
    system = await startSystem({ now: at('2026-12-01', '09:00'), configuration });
    await importRoster(system, roster([person(1, { occupation: 'pedagang', phone: '081210000001' })]));
    await notify(system, newPayment(42_000, await system.nowMilliseconds()), 'settlement');
    await system.settle();
    await system.advanceBy('PT15M');
    coverId = (await system.covers())[0]?.coverId ?? '';
  });
  afterAll(async () => {
    await system.stop();
    provider.close();
  });

  async function tell(value: object, secret = APP_SECRET): Promise<number> {
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [{ value }] }] });
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
    return (await system.request('POST', '/webhooks/messaging/whatsapp', { headers, body })).status;
  }

  const template = () => JSON.parse(sent.at(-1)?.body ?? '{}');
  const status = (state: string, more: object = {}) => ({
    statuses: [
      {
        id: 'wamid.1',
        status: state,
        recipient_id: '6281210000001',
        biz_opaque_callback_data: template().biz_opaque_callback_data,
        ...more,
      },
    ],
  });

  it('sends the template once and nothing into the outbox, and shows that it was delivered', async () => {
    await system.advanceTo(at('2027-01-30', '09:05'));
    expect(sent.map(({ path }) => path)).toEqual(['/42/messages']);
    expect(template()).toMatchObject({ to: '6281210000001', template: { name: 'lingkaran_t_minus_30' } });
    expect(await system.outbox()).toEqual([]);
    expect(await tell(status('delivered'), 'forged')).toBe(401);
    expect(await tell(status('delivered'))).toBe(200);
    expect(await system.nudges(coverId)).toMatchObject([
      { step: 'T-30', channel: 'whatsapp', state: 'sent', delivery: { state: 'delivered' } },
    ]);
  });

  it('answers the question whether the address is ours', async () => {
    const path = '/webhooks/messaging/whatsapp?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=';
    expect(await system.request('GET', `${path}verify`)).toMatchObject({ status: 200, body: '4711' });
    expect((await system.request('GET', `${path}else`)).status).toBe(401);
  });

  it('sends by SMS whom WhatsApp says, later, that it does not reach, and from then on only there', async () => {
    await system.advanceTo(at('2027-02-15', '09:05'));
    expect(await tell(status('failed', { errors: [{ code: 131_026 }] }))).toBe(200);
    await system.settle();
    const form = new URLSearchParams(sent.at(-1)?.body);
    expect(sent.at(-1)?.path).toBe(`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`);
    expect([form.get('To'), form.get('From')]).toEqual(['+6281210000001', 'LINGKARAN']);
    expect(form.get('Body')).toContain('BERHENTI');
    const before = sent.length;
    await system.advanceTo(at('2027-02-22', '09:05'));
    expect(sent.slice(before).map(({ path }) => path)).toEqual([`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`]);
  });

  it('sends nothing more to who writes BERHENTI', async () => {
    expect(await tell({ messages: [{ from: '6281210000001', type: 'text', text: { body: 'Berhenti' } }] })).toBe(200);
    const before = sent.length;
    await system.advanceTo(at('2027-03-08', '09:05'));
    expect(sent.length).toBe(before);
    expect((await system.nudges(coverId)).at(-1)).toMatchObject({ step: 'T+7', reason: 'suppressed' });
    expect(system.stderr()).not.toMatch(/6281210000001|Berhenti/);
  });
});
