/**
 * `/local/sandbox/<gateway>`: GET what its status API says below there, POST a notification to make its payment known,
 * PUT how it answers, `{"mood":"slow","path":"/v2/…/status","seconds":15}`. POST to `/local/sandbox/xendit/transactions`
 * what its list says of one, `{"product_id":"py-…","net_amount":96000}`. POST to `/local/sandbox/midtrans/v2/charge` asks
 * for an account to pay an order to, as the charge API is asked.
 */
import { z } from 'zod';
import { isJsonObject } from '../../../shared/gateways/message-bytes.ts';
import { SANDBOXES } from './documents.ts';
import { CHARGE_PATH, MOODS, type Sandbox, type SandboxAnswer } from './sandbox.ts';

const behaviourSchema = z.strictObject({
  mood: z.enum(MOODS),
  path: z.string().startsWith('/').optional(),
  seconds: z.number().positive().max(600).optional(),
});

const transactionSchema = z.looseObject({ product_id: z.string().min(1) });

const PLACE = /^\/local\/sandbox\/([^/?]+)(\/.*)?$/s;

/** @param address path and query as they came */
export async function sandboxAnswer(
  sandbox: Sandbox,
  method: string,
  address: string,
  body: Buffer,
): Promise<SandboxAnswer> {
  const [, gateway = '', below = ''] = PLACE.exec(address) ?? [];
  if (!Object.hasOwn(SANDBOXES, gateway)) return problem(404, `there is no sandbox of ${gateway}`);
  if (method === 'GET') return sandbox.answer(gateway, below);
  const document = parsed(body);
  if (method === 'POST' && gateway === 'midtrans' && below === CHARGE_PATH) return sandbox.charge(document);
  if (method === 'POST' && gateway === 'xendit' && below === '/transactions') {
    const change = transactionSchema.safeParse(document);
    if (!change.success) return problem(400, 'give fields of a transaction, its product_id among them');
    sandbox.transactions.change(change.data);
    return { status: 200, body: change.data };
  }
  if (method === 'POST') {
    const path = isJsonObject(document) ? tellSafely(sandbox, gateway, document) : undefined;
    return path === undefined ? problem(400, 'give a notification of a payment') : { status: 201, body: { path } };
  }
  const behaviour = behaviourSchema.safeParse(document);
  if (method !== 'PUT' || !behaviour.success)
    return problem(400, `give {"mood":"${MOODS.join('|')}","path":"/…","seconds":15}`);
  const { mood, path, seconds } = behaviour.data;
  sandbox.behave(gateway, mood, { path, seconds });
  return { status: 200, body: { ...behaviour.data } };
}

/** What cannot be booked cannot be asked about either. */
function tellSafely(sandbox: Sandbox, gateway: string, notification: Parameters<Sandbox['tell']>[1]) {
  try {
    return sandbox.tell(gateway, notification);
  } catch {
    return undefined;
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function problem(status: number, detail: string): SandboxAnswer {
  return { status, body: { type: 'about:blank', status, detail } };
}
