import { describe, expect, it } from 'vitest';
import { inspectMessage } from '../../../shared/gateways/inspect.ts';
import { midtransBody, NOW_SECONDS, PARTNER_SECRET, partnerBody, partnerMessage, SERVER_KEY } from './signing.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const midtransCall = (changes: object = {}) => ({
  gateway: 'midtrans',
  path: '/webhooks/midtrans',
  headers: JSON_TYPE,
  body: midtransBody(),
  secrets: { serverKey: SERVER_KEY },
  now: NOW_SECONDS,
  ...changes,
});
const partnerCall = (changes: object = {}, body: string | Uint8Array = partnerBody('donation.paid')) => {
  const { path, headers } = partnerMessage(body);
  return {
    gateway: 'partner',
    path,
    headers,
    body: typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: typeof body !== 'string',
    secrets: { secret: PARTNER_SECRET },
    now: NOW_SECONDS,
    ...changes,
  };
};
const unknownGateway = { authentic: false, reason: 'unknown_gateway' };
/** Why a line could not be looked at. */
const faultOf = (line: unknown) => {
  const inspection = inspectMessage(line);
  expect(inspection).toMatchObject({ authentic: false, reason: 'invalid_request', events: [] });
  expect(inspection.response.status).toBe(400);
  const detail = 'detail' in inspection ? inspection.detail : undefined;
  expect(JSON.parse(inspection.response.body)).toMatchObject({ detail });
  return detail;
};

describe('an inspected message', () => {
  it('tells what would be booked and what would be answered', () => {
    expect(inspectMessage(midtransCall())).toStrictEqual({
      authentic: true,
      ignored: false,
      eventId: 'tx-1:settlement:200',
      events: [
        {
          kind: 'paid',
          amountRupiah: 154_600,
          paymentId: 'tx-1',
          orderReference: 'DON-1',
          occurredAt: '2026-11-20T07:58:20.000Z',
          channel: 'gopay',
          effectKey: 'midtrans:tx-1:paid',
          feeRupiah: 0,
        },
      ],
      response: { status: 200, body: '{"accepted":true}' },
    });
  });

  it('names what undoes a payment, and the class of its fund', () => {
    const voided = midtransCall({ body: midtransBody({ transaction_status: 'cancel' }) });
    expect(inspectMessage(voided).events).toMatchObject([{ voidsPayment: true }]);
    const zakat = partnerCall({ secrets: { secret: PARTNER_SECRET, fundClass: 'zakat' } });
    expect(inspectMessage(zakat).events).toMatchObject([{ fundClass: 'zakat' }]);
  });

  it('that would go to quarantine says why', () => {
    expect(inspectMessage(midtransCall({ body: midtransBody({ gross_amount: '1.50' }) }))).toMatchObject({
      authentic: true,
      events: [],
      problem: { reason: 'amount_has_sen', field: 'gross_amount' },
    });
  });

  it('that is forged says no more than the door', () => {
    const inspection = inspectMessage(midtransCall({ body: midtransBody({}, 'forged') }));
    expect(inspection).toMatchObject({ authentic: false, reason: 'signature_mismatch', response: { status: 401 } });
    expect(inspection).not.toHaveProperty('detail');
  });
});

describe('a captured call', () => {
  it('has headers in any case, and twice', () => {
    const body = partnerBody('donation.paid');
    const { headers } = partnerMessage(body);
    const twice = { ...partnerMessage(body, { id: 'msg_1,msg_2' }).headers, 'webhook-id': ['msg_1', 'msg_2'] };
    expect(inspectMessage(partnerCall({ headers: twice }))).toMatchObject({ authentic: true });
    expect(inspectMessage(partnerCall({ headers: { ...headers, 'content-type': null } }))).toMatchObject({
      authentic: true,
    });
    const signature = ['v1,AAAA', headers['webhook-signature']!];
    const shouted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(inspectMessage(partnerCall({ headers: shouted }))).toMatchObject({ authentic: true });
    // Joined as HTTP joins them, which is not how this header is written: the first one counts for nothing.
    expect(inspectMessage(partnerCall({ headers: { ...headers, 'webhook-signature': signature } }))).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(
      inspectMessage(partnerCall({ headers: { ...headers, 'content-type': ['application/json', 'text/plain'] } })),
    ).toMatchObject({ reason: 'unsupported_content_type' });
    expect(inspectMessage(partnerCall({ headers: { ...headers, 'webhook-signature': null } }))).toMatchObject({
      reason: 'missing_signature',
    });
  });

  it('needs neither headers nor a path where the gateway needs none', () => {
    expect(inspectMessage(midtransCall({ headers: undefined, path: undefined }))).toMatchObject({ authentic: true });
    expect(inspectMessage(partnerCall({ path: null }))).toMatchObject(unknownGateway);
  });

  it('may be bytes', () => {
    expect(inspectMessage(partnerCall({}, Buffer.from(partnerBody('donation.paid'))))).toMatchObject({
      authentic: true,
    });
    expect(inspectMessage(partnerCall({}, new Uint8Array([0xff, 0xfe])))).toMatchObject({ reason: 'malformed_body' });
  });

  it('leads to its gateway by name, or by the path it was caught at', () => {
    expect(inspectMessage(partnerCall({ path: `/v1/webhooks/partner/kitabisa?x=1` }))).toMatchObject({
      authentic: true,
    });
    expect(inspectMessage(partnerCall({ gateway: 'partner:kitabisa', path: '' }))).toMatchObject({ authentic: true });
    expect(inspectMessage(midtransCall({ path: '/webhooks/partner/kitabisa' }))).toMatchObject({ authentic: true });
    const dashed = partnerCall({ gateway: 'partner:baznas_jateng', path: '' });
    expect(inspectMessage(dashed).events).toMatchObject([{ effectKey: 'partner:baznas-jateng:KB-1:paid' }]);
  });

  it('of one gateway is not judged by another', () => {
    expect(faultOf(partnerCall({ gateway: 'xendit' }))).toBe('secrets.callbackTokens: invalid_type');
    expect(inspectMessage(midtransCall({ gateway: 'partner' }))).toMatchObject(unknownGateway);
  });
});

describe('secrets', () => {
  it('of Midtrans are a server key, a signing key, or as the configuration has them', () => {
    const secrets = [
      { serverKey: SERVER_KEY },
      { serverKey: 'other', signatureKey: SERVER_KEY },
      { serverKeys: ['other', SERVER_KEY] },
      { serverKeys: ['other'], signatureKeys: [SERVER_KEY] },
    ];
    for (const one of secrets)
      expect(inspectMessage(midtransCall({ secrets: one }))).toMatchObject({ authentic: true });
  });

  it('of a partner are one or a list, with or without the prefix, or under the name of the partner', () => {
    const bare = PARTNER_SECRET.slice('whsec_'.length);
    const secrets = [
      { secret: PARTNER_SECRET },
      { secret: bare },
      { secrets: [bare, PARTNER_SECRET] },
      { kitabisa: { secrets: [PARTNER_SECRET] } },
    ];
    for (const one of secrets) expect(inspectMessage(partnerCall({ secrets: one }))).toMatchObject({ authentic: true });
    expect(inspectMessage(partnerCall({ secrets: { baznas: { secrets: [PARTNER_SECRET] } } }))).toMatchObject({
      reason: 'invalid_request',
    });
  });

  it('of a partner that is called "secrets" are not taken for its section', () => {
    const call = partnerCall({ path: '/webhooks/partner/secrets', secrets: { secrets: [PARTNER_SECRET] } });
    expect(inspectMessage(call).events).toMatchObject([{ effectKey: 'partner:secrets:KB-1:paid' }]);
  });

  it.each([undefined, null, {}, [], 'x'])('%j are none: the gateway is not configured', (secrets) => {
    expect(inspectMessage(midtransCall({ secrets }))).toMatchObject(unknownGateway);
    expect(inspectMessage(partnerCall({ secrets }))).toMatchObject(unknownGateway);
  });

  it('that are no section for the partner are none', () => {
    expect(inspectMessage(partnerCall({ secrets: { kitabisa: 7 } }))).toMatchObject(unknownGateway);
  });

  it.each([
    [midtransCall({ secrets: { serverKey: 7 } }), 'secrets.serverKeys.0: invalid_type'],
    [midtransCall({ secrets: { signatureKey: 'x' } }), 'secrets.serverKeys: invalid_type'],
    [partnerCall({ secrets: { secret: 7 } }), 'secrets.kitabisa.secrets.0: invalid_type'],
    [partnerCall({ secrets: { secrets: 'x' } }), 'secrets.kitabisa.secrets: invalid_type'],
    [partnerCall({ secrets: { fundClass: 'zakat' } }), 'secrets.kitabisa.secrets: invalid_type'],
  ])('that cannot be read are told so by name', (call, detail) => {
    expect(faultOf(call)).toBe(detail);
  });

  it('hold for as long as the call says', () => {
    const late = { now: NOW_SECONDS + 301 };
    expect(inspectMessage(partnerCall(late))).toMatchObject({ reason: 'stale_timestamp' });
    expect(inspectMessage(partnerCall({ ...late, toleranceSeconds: 301 }))).toMatchObject({ authentic: true });
    // Midtrans signs no time, so nothing of it is ever late.
    expect(inspectMessage(midtransCall({ ...late, toleranceSeconds: 1 }))).toMatchObject({ authentic: true });
  });
});

describe('a line that cannot be inspected', () => {
  it('is told so, with the field at fault', () => {
    expect(faultOf(7)).toBe('(root): invalid_type');
    expect(faultOf({})).toBe('gateway: invalid_type');
    expect(faultOf(midtransCall({ gateway: '' }))).toBe('gateway: too_small');
    expect(faultOf(midtransCall({ body: 7 }))).toBe('body: invalid_type');
    expect(faultOf(midtransCall({ now: 8.64e12 }))).toBe('field_invalid: now');
    expect(faultOf(midtransCall({ now: -8.64e12 }))).toBe('field_invalid: now');
  });

  it('for a reason of our own says nothing of it', () => {
    const line = {
      get gateway(): string {
        throw new TypeError('whsec_secret');
      },
    };
    expect(faultOf(line)).toBe('the line cannot be inspected');
  });
});
