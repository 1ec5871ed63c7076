import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emailSender } from '../../../shared/adapters/email-ses.ts';
import { configuredChannels, providerMessaging } from '../../../shared/adapters/messaging.ts';
import { smsSender } from '../../../shared/adapters/sms-http.ts';
import { whatsappSender } from '../../../shared/adapters/whatsapp-cloud.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import type { CohortId } from '../../../shared/domain/ids.ts';
import { Transient } from '../../../shared/errors.ts';
import { messagingSettingsSchema } from '../../../shared/messaging-settings.ts';
import type { OutgoingMessage } from '../../../shared/ports/messaging.ts';
import { noteReceipt } from '../../../shared/store/message-receipts.ts';
import { startTestTables } from '../store/engine.ts';
import { type Double, startDouble } from './messaging-doubles.ts';

let double: Double;
let stopTables: () => Promise<void>;
beforeAll(async () => {
  stopTables = await startTestTables();
  double = await startDouble();
});
afterAll(async () => {
  await double.close();
  await stopTables();
});
beforeEach(() => {
  double.asked.length = 0;
  double.answers = [];
});

const SID = `AC${'0'.repeat(32)}`;
const key = 'ndg_0123456789abcdef0123';
const message: OutgoingMessage = {
  key,
  channel: 'whatsapp',
  to: '+6281234567890',
  language: 'id',
  text: 'Perlindungan Bapak/Ibu',
  template: { name: 'lingkaran_t_minus_14', parameters: ['28 Februari 2027', 'Rp16.800'] },
  about: {
    coverId: 'cov_00ff_1',
    step: 'T-14',
    endDate: '2027-03-01' as CivilDate,
    cohortId: '2026-12-01-g00' as CohortId,
  },
};

function whatsapp(accessTokens = ['token-1']) {
  const settings = { api: `${double.url}/v23.0`, phoneNumberId: '123', templateNames: { other: 'theirs' } };
  return whatsappSender(settings, { accessTokens }, { timeoutSeconds: 1 });
}

function sms(publicUrl: string | null = 'https://lingkaran.example') {
  const settings = { api: double.url, accountSid: SID, from: '+62215550100' };
  return smsSender(settings, { authTokens: ['old', 'new'] }, { publicUrl, timeoutSeconds: 1 });
}

describe('WhatsApp', () => {
  it('is sent the approved template in the language, and our reference to bring back', async () => {
    double.answers = [{ status: 200, body: { messages: [{ id: 'wamid.1' }] } }];
    expect(await whatsapp().send(message)).toEqual({ outcome: 'sent', providerReference: 'wamid.1' });
    const [{ method, path, headers, body } = {} as never] = double.asked;
    expect([method, path, headers.authorization]).toEqual(['POST', '/v23.0/123/messages', 'Bearer token-1']);
    expect(JSON.parse(body)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '6281234567890',
      type: 'template',
      template: {
        name: 'lingkaran_t_minus_14',
        language: { code: 'id' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: '28 Februari 2027' },
              { type: 'text', text: 'Rp16.800' },
            ],
          },
        ],
      },
      biz_opaque_callback_data: `${key}|cov_00ff_1|2027-03-01|T-14|2026-12-01-g00|`,
    });
  });

  it('knows a template by the name it was approved under', async () => {
    double.answers = [{ status: 200, body: { messages: [{ id: 'wamid.1' }] } }];
    await whatsapp().send({ ...message, template: { name: 'other', parameters: [] } });
    expect(JSON.parse(double.asked[0]!.body).template).toMatchObject({ name: 'theirs', components: [] });
  });

  it('takes the next token where one is refused', async () => {
    const refused = { status: 401, body: { error: { code: 190 } } };
    double.answers = [refused, { status: 200, body: { messages: [{ id: 'wamid.1' }] } }];
    expect(await whatsapp(['old', 'new']).send(message)).toMatchObject({ outcome: 'sent' });
    expect(double.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    double.answers = [refused];
    await expect(whatsapp(['old', 'new']).send(message)).rejects.toBeInstanceOf(Transient);
  });

  it.each([
    [132_001, 'template_refused'],
    [132_015, 'template_refused'],
    [131_026, 'not_reachable'],
    [131_049, 'delivery_failed'],
  ])('error %i is for good: %s', async (code, reason) => {
    double.answers = [{ status: 400, body: { error: { code } } }];
    expect(await whatsapp().send(message)).toEqual({ outcome: 'failed', reason });
  });

  it('a message without a template is refused before anybody is asked', async () => {
    const { template: _template, ...free } = message;
    expect(await whatsapp().send(free)).toEqual({ outcome: 'failed', reason: 'template_refused' });
    expect(double.asked).toEqual([]);
  });

  it.each([
    ['too fast', { status: 400, body: { error: { code: 130_429 } } }],
    ['too busy', { status: 429, body: {}, headers: { 'retry-after': '1' } }],
    ['out of order', { status: 503, body: {} }],
    ['saying nothing we know', { status: 400, body: {} }],
    ['cutting the line', null],
  ])('%s: it is tried again, and nobody says it was sent', async (_why, answer) => {
    double.answers = [answer];
    await expect(whatsapp().send(message)).rejects.toBeInstanceOf(Transient);
  });
});

describe('SMS', () => {
  const one = { ...message, channel: 'sms' as const };

  it('is sent the text, as the account, with the address to call back', async () => {
    double.answers = [
      { status: 401, body: { code: 20_003 } },
      { status: 201, body: { sid: 'SM1' } },
    ];
    expect(await sms().send(one)).toEqual({ outcome: 'sent', providerReference: 'SM1' });
    const form = new URLSearchParams(double.asked[1]!.body);
    expect(double.asked[1]!.path).toBe(`/2010-04-01/Accounts/${SID}/Messages.json`);
    expect(double.asked.map(({ headers }) => headers.authorization)).toEqual(
      ['old', 'new'].map((token) => `Basic ${Buffer.from(`${SID}:${token}`).toString('base64')}`),
    );
    expect(form.get('To')).toBe('+6281234567890');
    expect(form.get('Body')).toBe(one.text);
    const callback = new URL(form.get('StatusCallback') ?? '');
    expect(callback.origin + callback.pathname).toBe('https://lingkaran.example/webhooks/messaging/sms');
    expect(callback.href).toMatch(/\?about=[\w-]+$/);
  });

  it('asks for no call where nobody knows our address', async () => {
    double.answers = [{ status: 201, body: { sid: 'SM1' } }];
    await sms(null).send(one);
    expect(new URLSearchParams(double.asked[0]!.body).has('StatusCallback')).toBe(false);
  });

  it.each([
    [21_211, 'not_reachable'],
    [21_614, 'not_reachable'],
    [21_610, 'suppressed'],
    [21_617, 'delivery_failed'],
  ])('error %i is for good: %s', async (code, reason) => {
    double.answers = [{ status: 400, body: { code } }];
    expect(await sms().send(one)).toEqual({ outcome: 'failed', reason });
  });

  it('what is ours to mend is tried again', async () => {
    for (const answer of [{ status: 400, body: { code: 21_606 } }, { status: 500, body: {} }, null]) {
      double.answers = [answer];
      await expect(sms().send(one)).rejects.toBeInstanceOf(Transient);
    }
  });

  it('is looked up by whom it is for and its very text', async () => {
    double.answers = [
      {
        status: 200,
        body: {
          messages: [
            { sid: 'SM9', body: 'else' },
            { sid: 'SM1', body: one.text },
          ],
        },
      },
    ];
    expect(await sms().look?.(one)).toEqual({ outcome: 'sent', providerReference: 'SM1' });
    expect(double.asked[0]!.path).toContain('To=%2B6281234567890');
    double.answers = [{ status: 200, body: { messages: [] } }];
    expect(await sms().look?.(one)).toBeNull();
    double.answers = [{ status: 500, body: {} }];
    await expect(sms().look?.(one)).rejects.toBeInstanceOf(Transient);
  });
});

describe('e-mail', () => {
  const mail = { ...message, key: 'dig_0123456789abcdef0123', channel: 'email' as const, to: 'rina@contoh.id' };
  const sender = (configurationSet?: string) =>
    emailSender(
      { from: 'kabar@lingkaran.example', ...(configurationSet ? { configurationSet } : {}) },
      {
        contactHash: async (contact) => `hash-of-${contact.length}`,
        client: new SESv2Client({
          endpoint: double.url,
          region: 'ap-southeast-3',
          credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
          maxAttempts: 1,
        }),
      },
    );

  it('is sent with our reference and the hash of the address as tags', async () => {
    double.answers = [{ status: 200, body: { MessageId: 'ses-1' } }];
    const { about: _about, ...digest } = mail;
    expect(await sender('receipts').send({ ...digest, subject: 'Perlindungan berakhir' })).toEqual({
      outcome: 'sent',
      providerReference: 'ses-1',
    });
    const sent = JSON.parse(double.asked[0]!.body);
    expect(sent).toMatchObject({
      FromEmailAddress: 'kabar@lingkaran.example',
      Destination: { ToAddresses: ['rina@contoh.id'] },
      ConfigurationSetName: 'receipts',
      Content: { Simple: { Subject: { Data: 'Perlindungan berakhir' }, Body: { Text: { Data: mail.text } } } },
      EmailTags: [
        { Name: 'reference', Value: Buffer.from(mail.key).toString('base64url') },
        { Name: 'contact', Value: 'hash-of-14' },
      ],
    });
  });

  it('a refused message is refused for good, anything else is tried again', async () => {
    const failing = (name: string, status: number) => ({
      status,
      body: { message: name },
      headers: { 'x-amzn-errortype': name },
    });
    double.answers = [failing('MessageRejected', 400)];
    expect(await sender().send(mail)).toEqual({ outcome: 'failed', reason: 'delivery_failed' });
    for (const answer of [failing('TooManyRequestsException', 429), failing('AccountSuspendedException', 400), null]) {
      double.answers = [answer];
      await expect(sender().send(mail)).rejects.toBeInstanceOf(Transient);
    }
  });
});

describe('whether a message went out whose sending broke off', () => {
  const now = '2027-02-15T02:30:00.000Z' as Instant;
  const messaging = providerMessaging(
    () => now,
    async (channel) => (channel === 'sms' ? sms() : channel === 'whatsapp' ? whatsapp() : undefined),
  );
  const young = '2027-02-15T02:15:01.000Z' as Instant;
  const old = '2027-02-15T02:15:00.000Z' as Instant;

  it('is what the provider told of it', async () => {
    const receipt = { channel: 'whatsapp', at: now, providerReference: 'wamid.7' } as const;
    await noteReceipt({ ...receipt, messageId: 'ndg_00000001', state: 'sent' });
    await noteReceipt({ ...receipt, messageId: 'ndg_00000002', state: 'failed', reason: 'not_reachable' });
    expect(await messaging.find('ndg_00000001', young)).toEqual({ outcome: 'sent', providerReference: 'wamid.7' });
    expect(await messaging.find('ndg_00000002', young)).toEqual({ outcome: 'failed', reason: 'not_reachable' });
  });

  it('nobody knows for a quarter of an hour, then it did not', async () => {
    await expect(messaging.find('ndg_00000003', young, message)).rejects.toMatchObject({ reason: 'delivery_unknown' });
    expect(await messaging.find('ndg_00000003', old, message)).toBeNull();
    expect(await messaging.find('ndg_00000003')).toBeNull();
  });

  it('is in the list of a provider that has one', async () => {
    double.answers = [{ status: 200, body: { messages: [{ sid: 'SM5', body: message.text }] } }];
    const found = await messaging.find('ndg_00000004', young, { ...message, channel: 'sms' });
    expect(found).toEqual({ outcome: 'sent', providerReference: 'SM5' });
  });

  it('a channel without its secret sends nothing and loses nothing', async () => {
    await expect(messaging.send({ ...message, channel: 'email' })).rejects.toMatchObject({
      reason: 'channel_unavailable',
    });
  });
});

it('channels are those that are configured; the outbox takes all', () => {
  expect(configuredChannels(messagingSettingsSchema.parse({}))).toEqual(['whatsapp', 'sms', 'email']);
  const providers = { kind: 'providers', sms: { accountSid: SID, from: 'LINGKARAN' } };
  expect(configuredChannels(messagingSettingsSchema.parse(providers))).toEqual(['sms']);
});
