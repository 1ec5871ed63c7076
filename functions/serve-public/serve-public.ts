/** What anybody may do: pledge, read the front page, follow a gift by its receipt. */
import { Hono } from 'hono';
import { civilDateOf } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { DonationId } from '../../shared/domain/ids.ts';
import type { Language } from '../../shared/domain/worker.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import { problemDocument } from '../../shared/problem.ts';
import type { Pledge } from '../../shared/store/pledges.ts';
import { type MakePledgeDependencies, makePledge, pledgeRequestSchema } from './make-pledge.ts';
import { frontPage, missingPage, type PaidMonth, proofPage } from './pages.ts';

export interface PublicDependencies extends MakePledgeDependencies {
  readonly readPledgeOfReceipt: (receiptToken: string) => Promise<Pledge | null>;
  readonly donationsOfPledge: (orderReference: string) => Promise<DonationId[]>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Donation[]>;
  readonly paidMonthsOf: (donationIds: readonly DonationId[]) => Promise<PaidMonth[]>;
}

const PROBLEM = { 'content-type': 'application/problem+json' };
const PRIVATE = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };

function languageOf(asked: string | undefined): Language {
  return asked === 'en' ? 'en' : 'id';
}

function pledgeView(pledge: Pledge) {
  const { pledgeId, orderReference, amountRupiah, expiresAt, receiptToken } = pledge;
  return { pledgeId, orderReference, amountRupiah, expiresAt, receiptPath: `/d/${receiptToken}` };
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
  app.get('/d/:token', async (context) => {
    const language = languageOf(context.req.query('lang'));
    const pledge = await dependencies.readPledgeOfReceipt(context.req.param('token'));
    if (!pledge) return context.html(missingPage(language), 404, PRIVATE);
    const donationIds = await dependencies.donationsOfPledge(pledge.orderReference);
    const donations = await dependencies.readDonations(donationIds);
    return context.html(proofPage(language, donations, await dependencies.paidMonthsOf(donationIds)), 200, PRIVATE);
  });
  app.get('/pay/:token', (context) => context.html(missingPage(languageOf(context.req.query('lang'))), 404, PRIVATE));
  app.notFound((context) => context.body(JSON.stringify(problemDocument(404, 'not_found')), 404, PROBLEM));
  // The stack around it answers and logs every error alike.
  app.onError((error) => {
    throw error;
  });
  return app;
}
