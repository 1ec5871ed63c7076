/** The secrets of a world, before and after they are rotated: senders go on signing with those of before. */
import { BANK_SECRET, BANK_SECTION, WALLET_SECTION } from './senders/snap.ts';

export const MIDTRANS = { serverKey: 'SB-Mid-server-FAKE-simulation', statusApi: 'https://status.midtrans.test' };
export const XENDIT = {
  callbackToken: 'FAKE-simulation-callback-token',
  apiKey: 'xnd_FAKE_simulation_key',
  statusApi: 'https://status.xendit.test',
};
export const DOKU = { clientId: 'MCH-FAKE-0001', secretKey: 'SK-FAKE-simulation', requestTarget: '/webhooks/doku' };
export const STRIPE_SECRET = 'whsec_FAKEsimulation';
export const SHOPS = {
  shopee: { key: 'FAKE-shopee-key', head: 'https://hooks.example.org/webhooks/shopee|' },
  'tiktok-shop': { key: 'FAKE-tiktok-secret', head: 'FAKE-tiktok-app' },
  lazada: { key: 'FAKE-lazada-secret', head: 'FAKE-lazada-app' },
} as const;
export const PARTNER_KEY = Buffer.from('FAKE-simulation-only-secret-0001');

export const OUTBOX_KEY = 'FAKE-simulation-outbox-key';
const OPERATOR_TOKEN = 'FAKE-simulation-operator';
export const OPERATOR = { authorization: `Bearer ${OPERATOR_TOKEN}` };
const INTAKE_KEY = { keyId: 'test', key: Buffer.alloc(32, 7).toString('base64') };

/** @param newer stand first where secrets are lists */
function secretsWith(newer: (name: string) => readonly string[], intakeKeys: readonly object[]) {
  const list = (secret: string, name: string) => [...newer(name), secret];
  const shop = (name: 'tiktok-shop' | 'lazada') => ({
    appKey: SHOPS[name].head,
    appSecrets: list(SHOPS[name].key, name),
  });
  const partner = { secrets: [`whsec_${PARTNER_KEY.toString('base64')}`] };
  return {
    operators: { tokens: list(OPERATOR_TOKEN, 'operator') },
    'gateways/midtrans': { serverKeys: list(MIDTRANS.serverKey, 'midtrans'), statusApi: MIDTRANS.statusApi },
    'gateways/xendit': {
      callbackTokens: list(XENDIT.callbackToken, 'xendit'),
      apiKeys: list(XENDIT.apiKey, 'xendit-api'),
      statusApi: XENDIT.statusApi,
    },
    'gateways/doku': {
      clientId: DOKU.clientId,
      secretKeys: list(DOKU.secretKey, 'doku'),
      requestTarget: DOKU.requestTarget,
    },
    'gateways/snap': {
      partners: { bank: { ...BANK_SECTION, clientSecrets: list(BANK_SECRET, 'bank') }, wallet: WALLET_SECTION },
    },
    'gateways/stripe': { endpointSecrets: list(STRIPE_SECRET, 'stripe') },
    'gateways/shopee': {
      partnerKeys: list(SHOPS.shopee.key, 'shopee'),
      publicUrl: SHOPS.shopee.head.replace(/\|$/, ''),
    },
    'gateways/tiktok-shop': shop('tiktok-shop'),
    'gateways/lazada': shop('lazada'),
    'gateways/partner': { kitabisa: partner, baznas: { ...partner, fundClass: 'zakat' } },
    messaging: { outbox: { keys: list(OUTBOX_KEY, 'outbox') } },
    intake: { keys: intakeKeys },
    identity: { hmacKey: Buffer.alloc(32, 9).toString('base64') },
  };
}

export const SECRETS: Readonly<Record<string, unknown>> = secretsWith(() => [], [INTAKE_KEY]);

/** A new key stands first; what was signed and sealed with the one before is still on its way. */
export const SECRETS_ROTATED: Readonly<Record<string, unknown>> = secretsWith(
  (name) => [`FAKE-rotated-${name}`],
  [{ keyId: 'rotated', key: Buffer.alloc(32, 8).toString('base64') }, INTAKE_KEY],
);
