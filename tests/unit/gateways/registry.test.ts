import { describe, expect, it } from 'vitest';
import { bindGateway, routeOf, routeOfGateway } from '../../../shared/gateways/registry.ts';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import { midtransBody, midtransMessage, PARTNER_SECRET, partnerBody, partnerMessage, SERVER_KEY } from './signing.ts';

const partner = (name: string) => ({ section: 'partner', partner: name });

describe('a path leads', () => {
  it.each([
    ['/webhooks/midtrans', { section: 'midtrans' }],
    ['/webhooks/xendit', { section: 'xendit' }],
    ['/webhooks/tiktok-shop', { section: 'tiktok-shop' }],
    ['/webhooks/partner/kitabisa', partner('kitabisa')],
    ['/webhooks/partner/baznas-33', partner('baznas-33')],
    ['/webhooks/partner/kitabisa/manifest', partner('kitabisa')],
    [`/webhooks/partner/${'a'.repeat(40)}`, partner('a'.repeat(40))],
  ])('%s to %j', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  it.each([
    '/webhooks/paypal',
    '/webhooks/midtrans/',
    '/v1/webhooks/partner/kitabisa',
    '/webhooks/partner/kitabisa/report',
    '/webhooks/partner/Kitabisa',
    '/webhooks/partner/',
    `/webhooks/partner/${'a'.repeat(41)}`,
  ])('%s nowhere', (path) => {
    expect(routeOf(path)).toBeUndefined();
  });
});

it('a gateway is found by the name it has in our own messages', () => {
  expect(routeOfGateway('midtrans')).toEqual({ section: 'midtrans' });
  expect(routeOfGateway('partner:kitabisa')).toEqual(partner('kitabisa'));
  expect(routeOfGateway('partner')).toBeUndefined();
});

describe('a gateway of this stage', () => {
  const secrets: GatewaySecrets = {
    midtrans: { serverKeys: [SERVER_KEY], statusApi: null },
    partner: { kitabisa: { secrets: [PARTNER_SECRET], fundClass: 'general', toleranceSeconds: 300 } },
  };

  it('is bound to its own secrets', () => {
    const midtrans = bindGateway({ section: 'midtrans' }, secrets)!;
    expect([midtrans.name, midtrans.deliveryKey(midtransMessage(midtransBody()))]).toEqual([
      'midtrans',
      'tx-1:settlement:200',
    ]);
    const kitabisa = bindGateway({ section: 'partner', partner: 'kitabisa' }, secrets)!;
    expect([kitabisa.name, kitabisa.deliveryKey(partnerMessage(partnerBody('donation.paid')))]).toEqual([
      'partner:kitabisa',
      'msg_1',
    ]);
  });

  it('does not exist without them', () => {
    expect(bindGateway({ section: 'midtrans' }, {})).toBeUndefined();
    expect(bindGateway({ section: 'partner', partner: 'kitabisa' }, {})).toBeUndefined();
    expect(bindGateway({ section: 'partner', partner: 'baznas' }, secrets)).toBeUndefined();
    expect(bindGateway({ section: 'partner', partner: 'constructor' }, secrets)).toBeUndefined();
    expect(bindGateway({ section: 'partner' }, secrets)).toBeUndefined();
  });
});
