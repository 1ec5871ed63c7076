/** Money that came into an account and names no pledge of ours: a person reads the remark and says what it is. */
import { Hono } from 'hono';
import * as z from 'zod';
import type { Instant } from '../../../shared/domain/dates.ts';
import { ZERO_RUPIAH } from '../../../shared/domain/money.ts';
import { Permanent, Transient } from '../../../shared/errors.ts';
import type { PaymentMessage, Sealed } from '../../../shared/messages.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { giftOf } from '../../../shared/statements/bank.ts';
import { cursorOf, limitOf, startOf } from '../../../shared/store/listing.ts';
import { knownOrders } from '../../../shared/store/order-references.ts';
import {
  type Decision,
  decideUnassigned,
  listUnassigned,
  readUnassigned,
  type UnassignedRow,
} from '../../../shared/store/unassigned.ts';
import type { OperatorsEnvironment } from '../serve-operators.ts';

export interface UnassignedDependencies {
  readonly now: () => Instant;
  readonly sealing: {
    readonly seal: (bytes: Uint8Array) => Promise<Sealed>;
    readonly unseal: (sealed: Sealed) => Promise<Uint8Array>;
  };
  readonly sendPayment: (message: PaymentMessage) => Promise<void>;
}

const decisionSchema = z.union([
  z.strictObject({ orderReference: z.string().min(1).max(100) }),
  z.strictObject({ purpose: z.literal('not_a_gift'), note: z.string().min(1).max(500) }),
]);

async function view(row: UnassignedRow, { sealing }: UnassignedDependencies) {
  const { unassignedId, state, account, bookedOn, amountRupiah, namedReference, fileId, line, foundAt } = row;
  return {
    unassignedId,
    state,
    account,
    bookedOn,
    amountRupiah,
    remark: await remarkOf(row, sealing),
    namedReference,
    fileId,
    line,
    foundAt,
    orderReference: row.orderReference ?? null,
    note: row.note ?? null,
    decidedAt: row.decidedAt ?? null,
  };
}

/** Null where the key it was sealed with is no longer held: the statement itself still says it. */
async function remarkOf({ sealedRemark }: UnassignedRow, { unseal }: UnassignedDependencies['sealing']) {
  try {
    return Buffer.from(await unseal(sealedRemark)).toString();
  } catch (error) {
    if (error instanceof Permanent || error instanceof Transient) return null;
    throw error;
  }
}

/** Decided first and booked then; who is cut off in between decides the same again. */
async function assign(unassignedId: string, text: string, dependencies: UnassignedDependencies) {
  const given = parseContract(decisionSchema, parseJson(text));
  const row = await readUnassigned(unassignedId);
  if (!row) throw new Permanent('not_found', { detail: `credit ${unassignedId}` });
  if ('orderReference' in given && !(await knownOrders([given.orderReference])).has(given.orderReference))
    throw new Permanent('not_found', { field: 'orderReference', detail: `order ${given.orderReference}` });
  const decision: Decision =
    'orderReference' in given
      ? { state: 'assigned', orderReference: given.orderReference }
      : { state: 'not_a_gift', note: given.note };
  if (!(await decideUnassigned(unassignedId, decision, dependencies.now())))
    throw new Permanent('invalid_request', { detail: 'it was decided otherwise before' });
  if (decision.state === 'assigned')
    await dependencies.sendPayment(await paymentOf(row, decision.orderReference, dependencies));
  return { unassignedId, ...decision };
}

async function paymentOf(
  row: UnassignedRow,
  order: string,
  { now, sealing }: UnassignedDependencies,
): Promise<PaymentMessage> {
  const { line: _line, payoutId: _payoutId, feeRupiah: _fee, ...gift } = giftOf({ ...row, remark: '' }, order);
  return {
    contractVersion: 1,
    gateway: gift.gateway,
    deliveryKey: `assigned:${row.unassignedId}`,
    receivedAt: now(),
    events: [{ ...gift, feeRupiah: ZERO_RUPIAH }],
    ignored: false,
    authority: 'statement',
    sealedBody: await sealing.seal(Buffer.from(JSON.stringify({ unassignedId: row.unassignedId }))),
  };
}

export function unassignedRoutes(dependencies: UnassignedDependencies): Hono<OperatorsEnvironment> {
  const routes = new Hono<OperatorsEnvironment>();
  routes.get('/unassigned', async (context) => {
    const { limit, cursor, state } = context.req.query();
    const { items, lastKey } = await listUnassigned(limitOf(limit), startOf(cursor, 'UNASSIGNED'));
    const rows = (items as unknown as UnassignedRow[]).filter((row) => state === undefined || row.state === state);
    const seen = await Promise.all(rows.map((row) => view(row, dependencies)));
    return context.json({ items: seen, nextCursor: cursorOf(lastKey) });
  });
  routes.post('/unassigned/:id/assign', async (context) =>
    context.json(await assign(context.req.param('id'), await context.req.text(), dependencies), 202),
  );
  return routes;
}
