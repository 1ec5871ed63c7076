/** `GET /pay/{token}` shows how a worker goes on, `POST` makes the order; as a page, or as JSON where that is asked for. */
import type { Context, Hono } from 'hono';
import { Permanent } from '../../shared/errors.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import type { StoredOrder } from '../../shared/store/self-payments.ts';
import { languageOf, missingPage, PRIVATE } from './pages.ts';
import {
  orderPayment,
  type PayDependencies,
  type PayRequest,
  type PayView,
  payRequestSchema,
  viewOfLink,
} from './pay.ts';
import { payPage } from './pay-page.ts';

export function payRoutes(app: Hono, dependencies: PayDependencies): void {
  app.get('/pay/:token', async (context) => {
    const view = await viewOfLink(context.req.param('token'), dependencies);
    if (!view) return missing(context);
    if (wantsJson(context)) return context.json(payView(view), 200, PRIVATE);
    return context.html(payPage(view, languageOf(context.req.query('lang'))), 200, PRIVATE);
  });
  app.post('/pay/:token', async (context) => {
    const view = await viewOfLink(context.req.param('token'), dependencies);
    if (!view) return missing(context);
    const request = await readRequest(context);
    if (wantsJson(context)) {
      const order = await orderPayment(view, request, dependencies);
      return order
        ? context.json(orderView(order), 201, PRIVATE)
        : context.json({ paidFromCredit: true }, 202, PRIVATE);
    }
    // Why not is on the page, and after a reload nothing is sent twice.
    if (!view.refusal) await orderPayment(view, request, dependencies);
    return context.body(null, 303, { ...PRIVATE, location: `?lang=${languageOf(context.req.query('lang'))}` });
  });
}

/** The same for a token we did not make and for one that leads nowhere. */
function missing(context: Context): Response | Promise<Response> {
  if (wantsJson(context)) throw new Permanent('not_found', { detail: 'there is no such link' });
  return context.html(missingPage(languageOf(context.req.query('lang'))), 404, PRIVATE);
}

function wantsJson(context: Context): boolean {
  return context.req.header('accept')?.includes('application/json') ?? false;
}

async function readRequest(context: Context): Promise<PayRequest> {
  const isJson = context.req.header('content-type')?.includes('application/json') ?? false;
  return parseContract(payRequestSchema, isJson ? parseJson(await context.req.text()) : await context.req.parseBody());
}

function payView({ refusal, cover, from, waitingRupiah, offers, openOrders, methods }: PayView) {
  return {
    refusal: refusal && {
      reason: refusal.reason,
      coveredUntil: refusal.coveredUntil,
      payableFrom: refusal.payableFrom,
    },
    endDate: cover?.endDate ?? null,
    from,
    waitingRupiah,
    offers: offers.map(({ termMonths, months: tariff, ...offer }) => ({ months: termMonths, ...offer, tariff })),
    orders: openOrders.map(orderView),
    methods,
  };
}

function orderView({ orderReference, termMonths, amountRupiah, createdAt, expiresAt, instruction }: StoredOrder) {
  return { orderReference, months: termMonths, amountRupiah, createdAt, expiresAt, instruction };
}
