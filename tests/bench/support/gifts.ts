/** Gifts as the gateways notify them, each with an id of its own. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import { newPayment, SERVER_KEY, signed, statusOf } from '../../acceptance/support/midtrans.ts';
import { giftDocument, newGift, PARTNER_SECRETS, partnerHeaders } from '../../acceptance/support/partner.ts';

export const GATEWAYS: GatewaySecrets = {
  midtrans: { serverKeys: [SERVER_KEY], statusApi: null },
  partner: { kitabisa: { secrets: [PARTNER_SECRETS.kitabisa], fundClass: 'general', toleranceSeconds: 300 } },
};

/** What three months of the basic package cost a worker outside transport. */
export const TERM_RUPIAH = 50_400;

export interface Notification {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

export function midtransNotification(amountRupiah: number, atMilliseconds: number, orderId?: string): Notification {
  const payment = newPayment(amountRupiah, atMilliseconds, orderId === undefined ? {} : { orderId });
  const body = JSON.stringify(signed(statusOf(payment, 'settlement')));
  return { path: '/webhooks/midtrans', headers: JSON_HEADERS, body };
}

export function partnerNotification(amountRupiah: number, atMilliseconds: number): Notification {
  const body = JSON.stringify(giftDocument(newGift(amountRupiah, atMilliseconds), 'paid'));
  const headers = { ...JSON_HEADERS, ...partnerHeaders(body, { sentMilliseconds: atMilliseconds }) };
  return { path: '/webhooks/partner/kitabisa', headers, body };
}

/** As API Gateway hands it to the function. */
export function apiEventOf({ path, headers, body }: Notification): APIGatewayProxyEventV2 {
  const http = { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'bench' };
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/{proxy+}',
    rawPath: path,
    rawQueryString: '',
    headers: { ...headers },
    requestContext: { http, stage: '$default', requestId: 'bench' } as APIGatewayProxyEventV2['requestContext'],
    body,
    isBase64Encoded: false,
  };
}
