/** Receipts of branch offices and direct mail: one operator enters, another approves, the books get what was approved. */
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import {
  type CashReceipt,
  type Decision,
  type OperatorId,
  RECEIPT_CHANNELS,
  REJECTIONS,
  readOffice,
  readReceiptNumber,
} from '../../../shared/domain/cash-receipt.ts';
import { type CivilDate, isCivilDate } from '../../../shared/domain/dates.ts';
import { phoneKey } from '../../../shared/domain/donor.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { Permanent } from '../../../shared/errors.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { limitOf, listRows } from '../../../shared/store/listing.ts';
import { decideReceipt } from '../../../shared/store/receipt-decisions.ts';
import {
  enterReceipt,
  RECEIPT_ROW,
  type ReceiptEntry,
  readReceipt,
  receiptOf,
} from '../../../shared/store/receipts.ts';
import type { OperatorsDependencies, OperatorsEnvironment } from '../serve-operators.ts';

const text = (maximum: number) => z.string().trim().min(1).max(maximum);

const entrySchema = z.lazy(() =>
  z.strictObject({
    office: text(40),
    number: text(60),
    receivedOn: z.string().refine(isCivilDate),
    amountRupiah: z.int().min(1).max(1_000_000_000_000),
    channel: z.enum(RECEIPT_CHANNELS).default('cash'),
    fundClass: z.enum(['general', 'csr', 'zakat']).nullable().default(null),
    orderReference: text(60).nullable().default(null),
    donor: z
      .strictObject({
        name: text(200).exactOptional(),
        email: z.email().max(254).exactOptional(),
        phone: text(32)
          .refine((phone) => phoneKey(phone) !== null)
          .exactOptional(),
        anonymous: z.boolean().exactOptional(),
      })
      .default({}),
  }),
);
const rejectionSchema = z.lazy(() => z.strictObject({ reason: z.enum(REJECTIONS) }));

function entryIn(body: string): ReceiptEntry {
  const { office, number, receivedOn, amountRupiah, ...rest } = parseContract(entrySchema, parseJson(body));
  return {
    office: readOffice(office),
    number: readReceiptNumber(number),
    receivedOn: receivedOn as CivilDate,
    amountRupiah: rupiah(amountRupiah),
    ...rest,
  };
}

/** No word of the donor: who that is stays sealed. */
function receiptView({ fundClass, ...receipt }: CashReceipt) {
  const { office, number, state, receivedOn, amountRupiah, channel, orderReference } = receipt;
  const { enteredBy, enteredAt, decidedBy, decidedAt, rejection } = receipt;
  return {
    office,
    number,
    state,
    receivedOn,
    amountRupiah,
    channel,
    fundClass,
    orderReference,
    enteredBy,
    enteredAt,
    decidedBy,
    decidedAt,
    rejection,
  };
}

function findReceipts({ office, state, limit, cursor }: Record<string, string>) {
  return listRows(RECEIPT_ROW, { limit: limitOf(limit), cursor }, async (rows) =>
    rows
      .map((row) => ({ row, item: receiptView(receiptOf(row)) }))
      .filter(({ item }) => (office ?? item.office) === item.office && (state ?? item.state) === item.state),
  );
}

/** @throws Permanent `not_allowed` */
function checkerIn(context: Context<OperatorsEnvironment>): OperatorId {
  if (!context.get('mayDecide'))
    throw new Permanent('not_allowed', { detail: 'operators are named here: decide with a token of your own' });
  return context.get('operator');
}

export function receiptRoutes({ now, importing, sendPayment }: OperatorsDependencies): Hono<OperatorsEnvironment> {
  const routes = new Hono<OperatorsEnvironment>();
  const place = ({ office, number }: { office: string; number: string }) => ({
    office: readOffice(office),
    number: readReceiptNumber(number),
  });
  routes.post('/receipts', async (context) => {
    const entering = { enteredBy: context.get('operator'), at: now(), seal: importing.seal };
    return context.json(receiptView(await enterReceipt(entryIn(await context.req.text()), entering)), 201);
  });
  routes.get('/receipts', async (context) => context.json(await findReceipts(context.req.query())));
  routes.get('/receipts/:office/:number', async (context) => {
    const { office, number } = place(context.req.param());
    const receipt = await readReceipt(office, number);
    if (!receipt) throw new Permanent('not_found', { detail: `receipt ${office} ${number}` });
    return context.json(receiptView(receipt));
  });
  routes.post('/receipts/:office/:number/approve', async (context) => {
    const checker = checkerIn(context);
    const approve = { kind: 'approve' } as const;
    return context.json(
      receiptView(await decideReceipt(place(context.req.param()), approve, checker, now(), sendPayment)),
    );
  });
  routes.post('/receipts/:office/:number/reject', async (context) => {
    const { reason } = parseContract(rejectionSchema, parseJson(await context.req.text()));
    const reject: Decision = { kind: 'reject', rejection: reason };
    const checker = checkerIn(context);
    return context.json(
      receiptView(await decideReceipt(place(context.req.param()), reject, checker, now(), sendPayment)),
    );
  });
  return routes;
}
