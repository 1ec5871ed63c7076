/** Donors and pledges as operators see them: money, dates and opaque ids; contacts stay in the vault (I9). */
import { Hono } from 'hono';
import * as z from 'zod';
import type { Instant } from '../../../shared/domain/dates.ts';
import { type DonorId, donorLabel } from '../../../shared/domain/donor.ts';
import { Duplicate, Permanent } from '../../../shared/errors.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { boughtBy } from '../../../shared/store/bought.ts';
import { digestsOfDonor } from '../../../shared/store/digests.ts';
import { readDonations } from '../../../shared/store/donations.ts';
import { linksOfDonor } from '../../../shared/store/donor-gifts.ts';
import { paymentOf, pledgeStanding } from '../../../shared/store/pledge-standing.ts';
import { putSubscription, readPledge } from '../../../shared/store/pledges.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';
import { donationView } from '../views.ts';

async function donorView(donorId: DonorId) {
  const { donations, pledges } = await linksOfDonor(donorId);
  if (donations.length + pledges.length === 0) throw new Permanent('not_found', { detail: `donor ${donorId}` });
  const gifts = [...(await readDonations(donations)).values()];
  const seen = gifts.map(donationView).sort((a, b) => ((a.paidAt ?? '') < (b.paidAt ?? '') ? -1 : 1));
  const bought = await boughtBy(donations);
  const sum = (part: (gift: (typeof seen)[number]) => number) => seen.reduce((total, gift) => total + part(gift), 0);
  return {
    donorId,
    gifts: gifts.length,
    totals: {
      receivedRupiah: sum((gift) => gift.receivedRupiah),
      feesRupiah: sum((gift) => gift.feesRupiah),
      refundedRupiah: sum((gift) => gift.refundedRupiah),
      allocatedRupiah: sum((gift) => gift.allocatedRupiah),
      remainingRupiah: sum((gift) => gift.remainingRupiah),
    },
    workersCovered: bought.workers,
    monthsBought: bought.months,
    donations: seen,
    pledges,
    digests: await digestsOfDonor(donorId),
  };
}

async function pledgeView(orderReference: string, at: Instant) {
  const pledge = await readPledge(orderReference);
  if (!pledge) throw new Permanent('not_found', { detail: `pledge ${orderReference}` });
  const { standing, donations, periods } = await pledgeStanding(pledge, at);
  const bought = await boughtBy(donations.map(({ donationId }) => donationId));
  const { package: cover, termMonths, startMonth, earmark, fundClass } = pledge.descriptor;
  return {
    ...standing,
    donorId: pledge.donorId,
    donor: donorLabel(pledge, pledge.language),
    donorKind: pledge.donorKind,
    channel: pledge.channel,
    fundClass,
    package: cover,
    termMonths,
    startMonth,
    earmark,
    workersCovered: bought.workers,
    monthsBought: bought.months,
    payments: donations.map((donation) => ({
      ...paymentOf(donation),
      isAfterExpiry: !pledge.recurrence && (donation.paidAt ?? '') > pledge.expiresAt,
      remainingRupiah: donation.remainingRupiah,
    })),
    recurrence: pledge.recurrence ? { ...pledge.recurrence, periods } : null,
  };
}

const subscriptionSchema = z.lazy(() => z.strictObject({ reference: z.string().trim().min(1).max(100) }));

async function subscribe(orderReference: string, body: string) {
  const { reference } = parseContract(subscriptionSchema, parseJson(body));
  const pledge = await readPledge(orderReference);
  if (pledge?.orderReference !== orderReference)
    throw new Permanent('not_found', { detail: `pledge ${orderReference}` });
  if (!pledge.recurrence)
    throw new Permanent('field_invalid', { field: 'recurrence', detail: 'this pledge is paid once' });
  if (!(await putSubscription(orderReference, reference))) throw new Duplicate(`${reference} means another pledge`);
  return { orderReference, reference };
}

export function donorRoutes({ now }: OperatorsDependencies): Hono {
  const routes = new Hono();
  routes.get('/donors/:id', async (context) => context.json(await donorView(context.req.param('id') as DonorId)));
  routes.get('/pledges/:reference', async (context) =>
    context.json(await pledgeView(context.req.param('reference'), now())),
  );
  routes.post('/pledges/:reference/subscription', async (context) =>
    context.json(await subscribe(context.req.param('reference'), await context.req.text()), 201),
  );
  return routes;
}
