/** Allocation policies, and money whose earmark expired with the donor asking for it back. */
import { Hono } from 'hono';
import { civilDateOf, type Instant } from '../../../shared/domain/dates.ts';
import type { FundDescriptor } from '../../../shared/domain/fund.ts';
import { assertPublishable, BUILT_IN_POLICY, type PublishedPolicy, policiesOn } from '../../../shared/domain/policy.ts';
import { reasonText } from '../../../shared/domain/reasons.ts';
import { Permanent } from '../../../shared/errors.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { allocationPolicySchema } from '../../../shared/policy-schema.ts';
import { readDonations } from '../../../shared/store/donations.ts';
import { listFunds, lotsInLine } from '../../../shared/store/funds.ts';
import { listPolicies, publishPolicy } from '../../../shared/store/policies.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';

/** @throws Permanent `field_invalid`, `policy_shares`, `policy_past`, `policy_published` */
async function publish(body: string, now: Instant): Promise<PublishedPolicy> {
  const policy = parseContract(allocationPolicySchema, parseJson(body));
  assertPublishable(policy, civilDateOf(now));
  const isNew = policy.version !== BUILT_IN_POLICY.version && (await publishPolicy(policy, now));
  if (!isNew) throw new Permanent('policy_published', { field: 'version', detail: `version ${policy.version}` });
  return { ...policy, publishedAt: now };
}

function isToReturn({ earmark: { expiresOn, fallback } }: FundDescriptor, now: Instant): boolean {
  return fallback === 'return' && expiresOn !== undefined && expiresOn <= civilDateOf(now);
}

/** What is left of gifts whose earmark expired and whose donors want it back: a person sends it, by the gateway. */
async function owedBack(now: Instant) {
  const items = [];
  for (const { fundId, descriptor } of await listFunds()) {
    if (!isToReturn(descriptor, now)) continue;
    for await (const page of lotsInLine(fundId))
      for (const { donation } of (await readDonations(page)).values()) {
        if (donation.remainingRupiah === 0) continue;
        const { donationId, gateway, paymentId, orderReference, remainingRupiah } = donation;
        const { expiresOn } = descriptor.earmark;
        const reason = 'earmark_expired' as const;
        const sentence = { id: reasonText(reason, 'id'), en: reasonText(reason, 'en') };
        items.push({
          donationId,
          gateway,
          paymentId,
          orderReference,
          fundId,
          remainingRupiah,
          expiresOn,
          reason,
          sentence,
        });
      }
  }
  return { items, nextCursor: null };
}

export function policyRoutes({ now }: OperatorsDependencies): Hono {
  const routes = new Hono();
  routes.get('/policies', async (context) =>
    context.json({ items: policiesOn(await listPolicies(), civilDateOf(now())), nextCursor: null }),
  );
  routes.post('/policies', async (context) => context.json(await publish(await context.req.text(), now()), 201));
  routes.get('/owed-back', async (context) => context.json(await owedBack(now())));
  return routes;
}
