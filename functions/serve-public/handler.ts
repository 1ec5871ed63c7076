import { randomBytes } from 'node:crypto';
import { handle } from 'hono/aws-lambda';
import { readPayLink } from '../../shared/adapters/pay-links.ts';
import { paymentRequests } from '../../shared/adapters/payment-request.ts';
import { sendToFund } from '../../shared/adapters/queues.ts';
import { donors } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { type CivilMonth, civilDateOf } from '../../shared/domain/dates.ts';
import type { DonationId } from '../../shared/domain/ids.ts';
import { policiesOn } from '../../shared/domain/policy.ts';
import { loggerFor } from '../../shared/logger.ts';
import { type HttpHandler, httpHandler } from '../../shared/middleware/http.ts';
import { coversOfWorker, readCovers } from '../../shared/store/covers.ts';
import { readDonations } from '../../shared/store/donations.ts';
import { ensureFund } from '../../shared/store/funds.ts';
import { renewedCandidates } from '../../shared/store/named.ts';
import { pledgeStanding } from '../../shared/store/pledge-standing.ts';
import { donationsOfPledge, putPledge, readPledge, readPledgeOfReceipt } from '../../shared/store/pledges.ts';
import { listPolicies, policyAt } from '../../shared/store/policies.ts';
import {
  latestOrders,
  putOrder,
  readPayingWorker,
  saveInstruction,
  selfPaymentsOf,
} from '../../shared/store/self-payments.ts';
import { allocationsOf, coversOfAllocation } from '../../shared/store/settlements.ts';
import { readWorkers } from '../../shared/store/workers.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { publicApp } from './serve-public.ts';

const log = loggerFor('serve-public');

async function paidMonthsOf(donationIds: readonly DonationId[]) {
  const months = new Map<CivilMonth, { workers: number; amountRupiah: number }>();
  for (const donationId of donationIds)
    for (const allocationId of await allocationsOf(donationId))
      for (const cover of await coversOfAllocation(allocationId))
        for (const { month, shares } of cover.state === 'rejected' ? [] : cover.months.slice(0, cover.monthsPaid)) {
          const share = shares.find((each) => each.donationId === donationId);
          if (!share) continue;
          const total = months.get(month) ?? { workers: 0, amountRupiah: 0 };
          months.set(month, { workers: total.workers + 1, amountRupiah: total.amountRupiah + share.amountRupiah });
        }
  return [...months].sort().map(([month, total]) => ({ month, ...total }));
}

const app = publicApp({
  now,
  newToken: () => randomBytes(16).toString('hex'),
  keepDonor: ({ email, phone, ...donor }) =>
    donors.keepDonor({ ...clean(donor), ...(email ? { email } : {}), ...(phone ? { phone } : {}) }),
  putPledge,
  knownWorkers: readWorkers,
  findPledge: async (reference) => (await readPledgeOfReceipt(reference)) ?? readPledge(reference),
  policies: async () => policiesOn(await listPolicies(), civilDateOf(now())),
  readPledgeOfReceipt,
  renewedCandidates,
  readCovers,
  policyAt,
  standingOf: async (pledge) => (await pledgeStanding(pledge, now())).standing,
  donationsOfPledge,
  readPayLink,
  readPayingWorker,
  coversOfWorker,
  selfPaymentsOf,
  latestOrders,
  putOrder,
  saveInstruction,
  tariffInForce,
  paymentRequests,
  ensureFund,
  sendToFund,
  log,
  readDonations: async (ids) => [...(await readDonations(ids)).values()].map(({ donation }) => donation),
  paidMonthsOf,
});

function clean<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as never;
}

export const handler = httpHandler({ handle: handle(app) as unknown as HttpHandler, log });
