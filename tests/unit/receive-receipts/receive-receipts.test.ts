import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ReceiveReceiptsDependencies,
  receiveReceipts,
} from '../../../functions/receive-receipts/receive-receipts.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { writeReference } from '../../../shared/domain/delivery.ts';
import type { CohortId, CoverId } from '../../../shared/domain/ids.ts';
import { Transient } from '../../../shared/errors.ts';
import { signHmacHex } from '../../../shared/gateways/hmac-hex.ts';
import type { LogFields } from '../../../shared/logger.ts';
import type { NudgeMessage } from '../../../shared/messages.ts';
import type { MessagingSecrets } from '../../../shared/messaging-settings.ts';
import { OUTBOX_SIGNATURE, signOutboxReply } from '../../../shared/messengers/outbox.ts';
import { signTwilio, statusAddress } from '../../../shared/messengers/twilio.ts';
import { noteReceipt, readReceipt } from '../../../shared/store/message-receipts.ts';
import { contactHashOf, listSuppressions, readSuppressed, suppress } from '../../../shared/store/suppressions.ts';
import { startTestTables } from '../store/engine.ts';

let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startTestTables();
});
afterAll(() => stop());

const IDENTITY_KEY = Buffer.alloc(32, 9);
const SECRETS: MessagingSecrets = {
  whatsapp: { accessTokens: ['t'], appSecrets: ['app-new', 'app-old'], verifyTokens: ['verify-me'] },
  sms: { authTokens: ['auth-new', 'auth-old'] },
  outbox: { keys: ['outbox-key'] },
};
const now = '2027-02-15T02:00:00.000Z' as Instant;
let queued: NudgeMessage[] = [];
let logged: string[] = [];
let counted: string[] = [];
let known = SECRETS;
let fresh = SECRETS;
beforeEach(() => {
  queued = [];
  logged = [];
  counted = [];
  known = SECRETS;
  fresh = SECRETS;
});

const note = (message: string, fields?: LogFields) => logged.push(`${message} ${JSON.stringify(fields)}`);
const dependencies: ReceiveReceiptsDependencies = {
  now: () => now,
  secrets: async (options) => (options?.fresh ? fresh : known),
  contactHash: async (contact) => contactHashOf(contact, IDENTITY_KEY),
  suppress,
  noteReceipt,
  sendNudges: async (messages) => {
    queued.push(...messages);
  },
  log: { debug: note, info: note, warn: note, error: note },
  meter: { count: (name, dimensions) => counted.push(`${name} ${Object.values(dimensions ?? {}).join(' ')}`) },
};

let serial = 0;
function freshKey(): string {
  serial += 1;
  return `ndg_${String(serial).padStart(20, '0')}`;
}
const reminder = {
  coverId: 'cov_00ff_1' as CoverId,
  endDate: '2027-03-01' as CivilDate,
  step: 'T-14',
  cohortId: '2026-12-01-g00' as CohortId,
};

interface Given {
  readonly secret?: string;
  readonly signature?: string;
  readonly given?: Partial<ReceiveReceiptsDependencies>;
}

function whatsapp(value: object, { secret = 'app-new', signature, given = {} }: Given = {}) {
  const body = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [{ value }] }] }));
  const signed = signature ?? `sha256=${signHmacHex(secret, '', body)}`;
  const url = new URL('https://lingkaran.example/webhooks/messaging/whatsapp');
  const callback = { method: 'POST', url, headers: { 'x-hub-signature-256': signed }, body };
  return receiveReceipts('whatsapp', callback, { ...dependencies, ...given });
}

function sms(
  form: Record<string, string>,
  { reference, token = 'auth-new' }: { reference?: string; token?: string } = {},
) {
  const base = 'https://lingkaran.example';
  const url = new URL(reference ? statusAddress(base, reference) : `${base}/webhooks/messaging/sms`);
  const fields = new URLSearchParams(form);
  const headers = { 'x-twilio-signature': signTwilio(token, url.href, fields) };
  return receiveReceipts('sms', { method: 'POST', url, headers, body: Buffer.from(fields.toString()) }, dependencies);
}

function status(key: string, state: string, more: object = {}) {
  const reference = writeReference({ key, reminder });
  return { id: 'wamid.1', status: state, recipient_id: '6281200000001', biz_opaque_callback_data: reference, ...more };
}

const suppressedOn = async (phone: string) => {
  const hash = contactHashOf(phone, IDENTITY_KEY);
  return [...((await readSuppressed([hash])).get(hash) ?? [])];
};

describe('the door of WhatsApp', () => {
  const verify = (query: string) =>
    receiveReceipts(
      'whatsapp',
      {
        method: 'GET',
        url: new URL(`https://lingkaran.example/webhooks/messaging/whatsapp?${query}`),
        headers: {},
        body: Buffer.alloc(0),
      },
      dependencies,
    );

  it('says that the address is ours to who knows the token, and to nobody else', async () => {
    const asked = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
    expect(await verify(`${asked}verify-me`)).toMatchObject({ answer: '1158201444', contentType: 'text/plain' });
    for (const query of [`${asked}else`, asked, 'hub.mode=subscribe&hub.verify_token=verify-me', 'hub.challenge=1'])
      await expect(verify(query)).rejects.toMatchObject({ reason: 'token_mismatch' });
    await expect(verify(`${asked}verify-me&hub.challenge=<b>`.replace('1158201444', '<b>'))).rejects.toMatchObject({
      reason: 'token_mismatch',
    });
  });

  it('takes only what is signed, under either secret', async () => {
    const key = freshKey();
    await whatsapp({ statuses: [status(key, 'sent')] }, { secret: 'app-old' });
    expect(await readReceipt(key)).toMatchObject({ state: 'sent' });
    const other = freshKey();
    const forged = { statuses: [status(other, 'sent')] };
    await expect(whatsapp(forged, { secret: 'guess' })).rejects.toMatchObject({ reason: 'signature_mismatch' });
    await expect(whatsapp(forged, { signature: 'sha256=12' })).rejects.toMatchObject({ reason: 'missing_signature' });
    expect(await readReceipt(other)).toBeNull();
  });

  it('learns of a secret that was replaced a moment ago', async () => {
    fresh = { ...SECRETS, whatsapp: { accessTokens: ['t'], appSecrets: ['newest'], verifyTokens: ['v'] } };
    const key = freshKey();
    await whatsapp({ statuses: [status(key, 'sent')] }, { secret: 'newest' });
    expect(await readReceipt(key)).toMatchObject({ state: 'sent' });
  });

  it('is not there where WhatsApp is not configured, nor is any other', async () => {
    known = {};
    fresh = {};
    await expect(whatsapp({})).rejects.toMatchObject({ reason: 'not_found' });
    const callback = { method: 'POST', url: new URL('https://x.example/'), headers: {}, body: Buffer.alloc(0) };
    await expect(receiveReceipts('telegram', callback, dependencies)).rejects.toMatchObject({ reason: 'not_found' });
    await expect(receiveReceipts('constructor', callback, dependencies)).rejects.toMatchObject({ reason: 'not_found' });
  });
});

describe('what became of a message', () => {
  it('is kept by our name for it: the furthest it came, in any order and however often told', async () => {
    const key = freshKey();
    for (const state of ['delivered', 'sent', 'delivered', 'failed', 'sent'])
      await whatsapp({ statuses: [status(key, state)] });
    expect(await readReceipt(key)).toEqual({
      messageId: key,
      channel: 'whatsapp',
      state: 'delivered',
      at: now,
      providerReference: 'wamid.1',
    });
    await whatsapp({ statuses: [status(key, 'read')] });
    expect(await readReceipt(key)).toMatchObject({ state: 'read' });
  });

  it('one thing that cannot be read stands in the way of no other', async () => {
    const key = freshKey();
    await whatsapp({ statuses: [{ id: 7 }, status('nothing of ours', 'sent'), status(key, 'delivered'), null] });
    expect(await readReceipt(key)).toMatchObject({ state: 'delivered' });
    expect(logged.join()).toContain('not ours');
  });

  it('refused for its template: the reason is kept and a person is woken', async () => {
    const key = freshKey();
    await whatsapp({ statuses: [status(key, 'failed', { errors: [{ code: 132_015 }] })] });
    expect(await readReceipt(key)).toMatchObject({
      state: 'failed',
      reason: 'template_refused',
      providerCode: '132015',
    });
    expect(counted).toContain('TemplatesRefused ');
    expect(queued).toEqual([]);
  });

  it('not reachable there: that channel is left alone, and the reminder goes out on the next', async () => {
    const key = freshKey();
    const told = status(key, 'failed', { recipient_id: '6281200000777', errors: [{ code: 131_026 }] });
    await whatsapp({ statuses: [told] });
    expect(await suppressedOn('+6281200000777')).toEqual(['whatsapp']);
    const { coverId, ...about } = reminder;
    expect(queued).toEqual([{ contractVersion: 1, ...about, coverIds: [coverId], notOn: ['whatsapp'] }]);
    expect(await readReceipt(key)).toMatchObject({ state: 'failed', reason: 'not_reachable' });
  });

  it('is not acknowledged before it is written', async () => {
    const given = { noteReceipt: () => Promise.reject(new Transient('throttled')) };
    await expect(whatsapp({ statuses: [status(freshKey(), 'sent')] }, { given })).rejects.toBeInstanceOf(Transient);
  });

  it('by SMS is told in the address we gave', async () => {
    const key = freshKey();
    const reference = writeReference({ key, reminder });
    const answer = await sms({ MessageSid: 'SM1', MessageStatus: 'delivered', To: '+6281200000003' }, { reference });
    expect(answer).toMatchObject({ contentType: 'text/xml', answer: expect.stringContaining('<Response/>') });
    expect(await readReceipt(key)).toMatchObject({ channel: 'sms', state: 'delivered', providerReference: 'SM1' });
    const failed = freshKey();
    const bounced = { MessageSid: 'SM2', MessageStatus: 'undelivered', To: '+6281200000778', ErrorCode: '30005' };
    await sms(bounced, { reference: writeReference({ key: failed, reminder }), token: 'auth-old' });
    expect(await readReceipt(failed)).toMatchObject({
      state: 'failed',
      reason: 'not_reachable',
      providerCode: '30005',
    });
    expect(await suppressedOn('+6281200000778')).toEqual(['sms']);
    await expect(sms({ MessageStatus: 'sent' }, { reference, token: 'guess' })).rejects.toMatchObject({
      reason: 'signature_mismatch',
    });
  });
});

describe('what a person writes back', () => {
  const from = (serialNumber: number) => `62812009${String(serialNumber).padStart(5, '0')}`;

  it.each(['BERHENTI', 'berhenti.', 'S T O P', 'Unsub'])('%s: no message any more, on any channel', async (text) => {
    const phone = from(text.length);
    await whatsapp({ messages: [{ from: phone, id: 'w', type: 'text', text: { body: text } }] });
    expect(await suppressedOn(`+${phone}`)).toEqual(['whatsapp', 'sms', 'email']);
  });

  it('by SMS, by a button, or by what WhatsApp itself offers counts alike', async () => {
    await sms({ From: `+${from(101)}`, Body: 'Stop', MessageSid: 'SM3' });
    await whatsapp({ messages: [{ from: from(102), type: 'button', button: { text: 'BERHENTI' } }] });
    const pressed = { button_reply: { title: 'Berhenti' } };
    await whatsapp({ messages: [{ from: from(103), type: 'interactive', interactive: pressed }] });
    await whatsapp({ user_preferences: [{ wa_id: from(104), category: 'marketing_messages', value: 'stop' }] });
    for (const number of [101, 102, 103, 104]) expect(await suppressedOn(`+${from(number)}`)).toHaveLength(3);
  });

  it('halo does nothing, and neither does a picture or a wish to go on', async () => {
    await whatsapp({
      messages: [
        { from: from(201), type: 'text', text: { body: 'halo' } },
        { from: from(201), type: 'image', image: {} },
        { from: from(201), type: 'text', text: { body: 'jangan berhenti' } },
      ],
      user_preferences: [{ wa_id: from(201), value: 'resume' }],
    });
    expect(await suppressedOn(`+${from(201)}`)).toEqual([]);
  });

  it('stands once on the list however often it is said, and neither text nor number is in the list or a log', async () => {
    const secretText = 'rahasia saya';
    const messages = ['BERHENTI', 'stop', secretText].map((body) => ({ from: from(301), text: { body } }));
    await whatsapp({ messages });
    const { items } = await listSuppressions(1000, undefined);
    const [mine] = items.filter(({ contactHash }) => contactHash === contactHashOf(`+${from(301)}`, IDENTITY_KEY));
    expect(mine?.entries).toEqual([{ scope: 'all', reason: 'stop_reply', via: 'whatsapp', at: now }]);
    for (const text of [JSON.stringify(items), logged.join()]) {
      expect(text).not.toContain(from(301));
      expect(text).not.toMatch(/rahasia|BERHENTI/);
    }
  });

  it('to a message of the outbox comes through the same door, signed', async () => {
    const reply = (key: string, document: object) => {
      const body = Buffer.from(JSON.stringify(document));
      const headers = { [OUTBOX_SIGNATURE]: signOutboxReply(key, body) };
      const url = new URL('http://127.0.0.1:4000/webhooks/messaging/outbox');
      return receiveReceipts('outbox', { method: 'POST', url, headers, body }, dependencies);
    };
    const stopped = { from: '+6281200000901', channel: 'whatsapp', text: 'BERHENTI' };
    await expect(reply('guess', stopped)).rejects.toMatchObject({ reason: 'signature_mismatch' });
    expect(await suppressedOn(stopped.from)).toEqual([]);
    await expect(reply('outbox-key', { from: 'x' })).rejects.toMatchObject({ reason: 'malformed_body' });
    expect(await reply('outbox-key', stopped)).toMatchObject({ contentType: 'application/json' });
    expect(await suppressedOn(stopped.from)).toHaveLength(3);
  });
});
