/** Published allocation policies: each a row for ever, never edited. They are few, and read as a whole. */
import { civilDateOf, type Instant } from '../domain/dates.ts';
import { type AllocationPolicy, type PublishedPolicy, policyInForce } from '../domain/policy.ts';
import { queryAll, type Row, tableName, transact } from './table.ts';

/** A policy names the day from which it decides; nobody waits for the first minute of it. */
const REMEMBERED_MILLISECONDS = 30_000;

let known: { readonly table: string; readonly at: number; readonly policies: PublishedPolicy[] } | undefined;

function policyOf({ pk: _pk, sk: _sk, type: _type, ...policy }: Row): PublishedPolicy {
  return policy as unknown as PublishedPolicy;
}

/** By the day from which they decide. */
export async function listPolicies(): Promise<PublishedPolicy[]> {
  const rows = await queryAll({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'POLICIES' } });
  return rows.map(policyOf);
}

/** @returns false where the version is published already */
export async function publishPolicy(policy: AllocationPolicy, publishedAt: Instant): Promise<boolean> {
  const { version, effectiveFrom } = policy;
  const { ok } = await transact([
    {
      Put: {
        Item: { pk: `POLICY#${version}`, sk: 'POLICY', type: 'policy_version', effectiveFrom },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { Put: { Item: { pk: 'POLICIES', sk: `${effectiveFrom}#${version}`, type: 'policy', ...policy, publishedAt } } },
  ]);
  return ok;
}

/** The policy that decides at an instant, as it was known half a minute ago at the latest. */
export async function policyAt(now: Instant): Promise<AllocationPolicy> {
  const [table, at] = [tableName(), Date.parse(now)];
  const age = known?.table === table ? at - known.at : Number.POSITIVE_INFINITY;
  if (!known || age < 0 || age >= REMEMBERED_MILLISECONDS) known = { table, at, policies: await listPolicies() };
  return policyInForce(known.policies, civilDateOf(now));
}
