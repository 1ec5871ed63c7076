/** The status APIs of the gateways that do not sign what they say, in the place of `fetch`. */
import { MIDTRANS, XENDIT } from './secrets.ts';
import { midtransDocuments } from './senders/midtrans.ts';
import type { Shown } from './senders/sender.ts';
import { xenditDocuments } from './senders/xendit.ts';
import type { World } from './world.ts';

const APIS = {
  midtrans: { address: MIDTRANS.statusApi, key: MIDTRANS.serverKey, documentsOf: midtransDocuments },
  xendit: { address: XENDIT.statusApi, key: XENDIT.apiKey, documentsOf: xenditDocuments },
} as const;

const NO_HEADERS = new Headers();
const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

function answersTo(world: World) {
  const shown = new Map<string, { readonly authorization: string; readonly at: Shown[1] }>();
  for (const payment of world.scenario.payments) {
    const api = APIS[payment.sender as keyof typeof APIS];
    if (!api) continue;
    for (const [path, at] of api.documentsOf(payment))
      shown.set(`${api.address}${path}`, { authorization: basic(api.key), at });
  }
  return (url: string, authorization: string): readonly [status: number, body: object] => {
    const found = shown.get(url);
    // A key we do not hold any more, or not yet: who asks tries the next one.
    if (found && found.authorization !== authorization) return [401, { error_code: 'INVALID_API_KEY' }];
    const document = found?.at(world.milliseconds);
    return document ? [200, document] : [404, { error_code: 'DATA_NOT_FOUND' }];
  };
}

/** @returns how to give `fetch` back */
export function installStatusApis(world: World): () => void {
  const answer = answersTo(world);
  const before = globalThis.fetch;
  const ask = async (url: string, { headers }: { headers: { authorization: string } }) => {
    if (world.dice.happens('status API down')) throw new TypeError('fetch failed');
    const [status, body] = answer(url, headers.authorization);
    return {
      status,
      headers: NO_HEADERS,
      arrayBuffer: async () => new TextEncoder().encode(JSON.stringify(body)).buffer,
    };
  };
  globalThis.fetch = ask as unknown as typeof fetch;
  return () => {
    globalThis.fetch = before;
  };
}
