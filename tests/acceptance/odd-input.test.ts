/** What looks odd and is true is booked: gateways add fields, change their order and write as they like. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPayment, notify, SERVER_KEY, signed, statusOf } from './support/midtrans.ts';
import { PARTNER_SECRETS, partnerHeaders } from './support/partner.ts';
import { bytesOf, padded, type Send, Sender } from './support/sender.ts';
import { CONFIGURATION, isDeployed, type System, startSystem } from './support/system.ts';

/** Keys were just changed: what the other tests sign with is the previous one now. */
const NEW_KEY = 'SB-Mid-server-FAKE-new';
const NEW_SECRET = `whsec_${Buffer.from('FAKE-acceptance-only-kitabisa-02').toString('base64')}`;
const GATEWAYS = {
  ...CONFIGURATION.gateways,
  midtrans: { serverKeys: [NEW_KEY, SERVER_KEY], statusApi: null },
  partner: { kitabisa: { secrets: [NEW_SECRET, PARTNER_SECRETS.kitabisa] } },
};

const LARGEST_BODY_BYTES = 256 * 1024;
const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const WIDE = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index])));

/** The settlement, or the gift, with more text before its last brace. */
const also = (fields: string) => (from: Sender) =>
  from.midtrans(`${JSON.stringify(from.settlement()).slice(0, -1)},${fields}}`);
const alsoOfPartner = (fields: string) => (from: Sender) =>
  from.partner(Buffer.from(`${JSON.stringify(from.paid()).slice(0, -1)},${fields}}`));

const ODD: Readonly<Record<string, Send>> = {
  'with fields we do not know': also('"new_field":{"a":[1,2,{"b":null}]},"metadata":"text"'),
  'with fields nested fifty thousand deep': also(`"new_field":${DEEP}`),
  'with ten thousand fields': also(`"new_field":${WIDE}`),
  'with fields that are names of the language': also('"__proto__":{"x":1},"constructor":"x","toString":1'),
  'with text in every script': also('"catatan":"terima kasih 🙏 ꦲꦤꦕꦫꦏ \\u0000"'),
  'with exactly 256 KiB': (from) => from.midtrans(padded(from.settlement(), LARGEST_BODY_BYTES)),
  'without a content type': (from) =>
    from.system.request('POST', '/webhooks/midtrans', { body: bytesOf(from.settlement()) }),
  'with white space around it': (from) =>
    from.midtrans(`\r\n\t ${JSON.stringify(from.settlement(), null, 2)} \n`, 'application/json; charset=utf-8'),
  'of a partner, with fields we do not know': alsoOfPartner('"version":"2099-01-01"'),
  'of a partner, with fields nested fifty thousand deep': alsoOfPartner(`"new_field":${DEEP}`),
  'of a partner, with a donor of any shape': (from) => from.partner(bytesOf(from.paid({ donor: ['nobody', 7, null] }))),
  'of a partner, with a second signature beside ours': (from) => from.partner(...twiceSigned(from)),
};

/** As while a partner changes its secret: the first signature is of a secret we do not have. */
function twiceSigned(from: Sender): [Uint8Array, Record<string, string>] {
  const body = bytesOf(from.paid());
  return [body, from.headersOf(body, `v1,${Buffer.alloc(32).toString('base64')} `)];
}

let system: System;
let now = 0;
beforeAll(async () => {
  system = await startSystem({ configuration: { gateways: GATEWAYS } });
  now = await system.nowMilliseconds();
});
afterAll(() => system.stop());

it.each(Object.entries(ODD))('a notification %s', async (_name, send) => {
  const from = new Sender(system, now);
  expect((await send(from)).status).toBe(200);
  await system.settle();
  expect(await from.bookings()).toBe(1);
});

it.skipIf(isDeployed)('a notification signed with the new key while the previous one is still taken', async () => {
  const from = new Sender(system, now);
  const body = bytesOf(from.paid());
  const headers = partnerHeaders(body, { sentMilliseconds: now, secret: NEW_SECRET });
  const answers = [
    await from.midtrans(bytesOf(signed(statusOf(from.payment, 'settlement'), NEW_KEY))),
    await from.partner(body, headers),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  await system.settle();
  expect(await from.bookings()).toBe(2);
});

it('a gift with an order reference nobody knows goes to the general fund', async () => {
  const payment = newPayment(50_400, now, { orderId: 'GNL-NOBODY-KNOWS-THIS' });
  await notify(system, payment, 'settlement');
  await system.settle();
  const donation = await system.donationOf('midtrans', payment.transactionId);
  expect(donation).toMatchObject({ fundId: 'general', pledgeId: null, receivedRupiah: 50_400 });
});
