/** What anybody may do: pledge, read the front page, follow a gift by its receipt, pay on by the link of a reminder. */
import { Hono } from 'hono';
import { civilDateOf } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { DonationId } from '../../shared/domain/ids.ts';
import { dueDateOf, invoiceReferenceOf } from '../../shared/domain/pledge.ts';
import type { PolicyOn } from '../../shared/domain/policy.ts';
import { Permanent } from '../../shared/errors.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import { problemDocument } from '../../shared/problem.ts';
import type { Pledge } from '../../shared/store/pledges.ts';
import { type Invoice, invoiceOf, invoicePage } from './invoice.ts';
import { type MakePledgeDependencies, makePledge, pledgeRequestSchema } from './make-pledge.ts';
import { frontPage, languageOf, missingPage, type PaidMonth, PRIVATE, proofPage } from './pages.ts';
import type { PayDependencies } from './pay.ts';
import { payRoutes } from './pay-routes.ts';
import type { RenewDependencies } from './renew-gift.ts';
import { renewRoutes } from './renew-page.ts';

export interface PublicDependencies extends MakePledgeDependencies, PayDependencies, RenewDependencies {
  /** Whom money protects next is published. */
  readonly policies: () => Promise<PolicyOn[]>;
  readonly standingOf: (pledge: Pledge) => Promise<Omit<Invoice, 'donor'>>;
  readonly donationsOfPledge: (orderReference: string) => Promise<DonationId[]>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Donation[]>;
  readonly paidMonthsOf: (donationIds: readonly DonationId[]) => Promise<PaidMonth[]>;
}

const PROBLEM = { 'content-type': 'application/problem+json' };

function pledgeView(pledge: Pledge) {
  const { pledgeId, orderReference, amountRupiah, expiresAt, receiptToken, workers, unitPriceRupiah = null } = pledge;
  return {
    pledgeId,
    orderReference,
    invoiceReference: invoiceReferenceOf(orderReference),
    amountRupiah,
    workers,
    unitPriceRupiah,
    expiresAt,
    dueDate: dueDateOf(pledge),
    receiptPath: `/d/${receiptToken}`,
    invoicePath: `/invoices/${receiptToken}`,
  };
}

export function publicApp(dependencies: PublicDependencies): Hono {
  const app = new Hono();
  app.post('/api/pledges', async (context) => {
    const request = parseContract(pledgeRequestSchema, parseJson(await context.req.text()));
    return context.json(pledgeView(await makePledge(request, dependencies)), 201);
  });
  app.get('/', (context) =>
    context.html(frontPage(languageOf(context.req.query('lang')), civilDateOf(dependencies.now()))),
  );
  app.get('/policies', async (context) =>
    context.json({ items: await dependencies.policies(), nextCursor: null }, 200, { 'cache-control': 'max-age=60' }),
  );
  app.get('/d/:token', async (context) => {
    const language = languageOf(context.req.query('lang'));
    const pledge = await dependencies.readPledgeOfReceipt(context.req.param('token'));
    if (!pledge) return context.html(missingPage(language), 404, PRIVATE);
    const donationIds = await dependencies.donationsOfPledge(pledge.orderReference);
    const donations = await dependencies.readDonations(donationIds);
    return context.html(proofPage(language, donations, await dependencies.paidMonthsOf(donationIds)), 200, PRIVATE);
  });
  app.get('/invoices/:token', async (context) => {
    const language = languageOf(context.req.query('lang'));
    const pledge = await dependencies.readPledgeOfReceipt(context.req.param('token'));
    const isJson = context.req.header('accept')?.includes('application/json') ?? false;
    if (!pledge && isJson) throw new Permanent('not_found', { detail: 'there is no such invoice' });
    if (!pledge) return context.html(missingPage(language), 404, PRIVATE);
    const invoice = invoiceOf(pledge, await dependencies.standingOf(pledge), language);
    return isJson ? context.json(invoice, 200, PRIVATE) : context.html(invoicePage(invoice, language), 200, PRIVATE);
  });
  payRoutes(app, dependencies);
  renewRoutes(app, dependencies);
  app.notFound((context) => context.body(JSON.stringify(problemDocument(404, 'not_found')), 404, PROBLEM));
  // The stack around it answers and logs every error alike.
  app.onError((error) => {
    throw error;
  });
  return app;
}
