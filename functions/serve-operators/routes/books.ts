/** Donations, the trial balance, the proof and the numbers of the whole. */
import { Hono } from 'hono';
import { civilDateOf } from '../../../shared/domain/dates.ts';
import { GATHERED_GATEWAY } from '../../../shared/domain/gathering.ts';
import type { DonationId } from '../../../shared/domain/ids.ts';
import { Permanent } from '../../../shared/errors.ts';
import { donationLedger, donationOf, readDonation, readDonationOfPayment } from '../../../shared/store/donations.ts';
import { limitOf, listRows } from '../../../shared/store/listing.ts';
import { scanReminders } from '../../../shared/store/nudges.ts';
import { coversOfAllocation } from '../../../shared/store/settlements.ts';
import { type Row, scanTypes } from '../../../shared/store/table.ts';
import { proveLedger } from '../../prove-ledger/prove-ledger.ts';
import { countEverything } from '../count-everything.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';
import { donationView } from '../views.ts';

function ofGateway(row: Row, gateway: string | undefined): boolean {
  const name = row.gateway as string;
  // Gathered gifts are made of others: who does not ask for them would count their money twice.
  if (gateway === undefined) return name !== GATHERED_GATEWAY;
  return name === gateway || name.startsWith(`${gateway}:`) || name.endsWith(`:${gateway}`);
}

async function findDonations(query: Record<string, string>) {
  const { gateway, paymentId, orderReference, state, amountAwaited, limit, cursor } = query;
  if (gateway && paymentId) {
    const found = await readDonationOfPayment(gateway, paymentId);
    if (found) return { items: [donationView(found)], nextCursor: null };
  }
  return listRows('donation', { limit: limitOf(limit), cursor }, async (rows) =>
    rows
      .filter((row) => ofGateway(row, gateway))
      .filter((row) => paymentId === undefined || row.paymentId === paymentId)
      .filter((row) => orderReference === undefined || row.orderReference === orderReference)
      .map((row) => ({ row, item: donationView(donationOf(row)) }))
      .filter(({ item }) => state === undefined || item.state === state)
      .filter(({ item }) => amountAwaited === undefined || String(item.amountAwaited) === amountAwaited),
  );
}

/** The whole life of one gift: its postings in order and the months of cover it bought. */
async function donationLife(donationId: DonationId) {
  const stored = await readDonation(donationId);
  if (!stored) throw new Permanent('not_found', { detail: `donation ${donationId}` });
  const ledger = await donationLedger(donationId);
  const allocationIds = [
    ...new Set(ledger.flatMap(({ allocationId }) => (allocationId ? [allocationId as string] : []))),
  ];
  const coverMonths: object[] = [];
  for (const allocationId of allocationIds) {
    for (const cover of await coversOfAllocation(allocationId as Parameters<typeof coversOfAllocation>[0])) {
      if (cover.state === 'rejected') continue;
      for (const { month, priceRupiah, shares } of cover.months)
        for (const share of shares)
          if (share.donationId === donationId)
            coverMonths.push({ coverId: cover.coverId, month, priceRupiah, amountRupiah: share.amountRupiah });
    }
  }
  const timeline = ledger.map(({ kind, at, entries, allocationId, gatheredInto }) => ({
    at,
    kind,
    allocationId: allocationId ?? null,
    gatheredInto: gatheredInto ?? null,
    entries,
  }));
  return { ...donationView(stored), timeline, coverMonths };
}

export function bookRoutes({ now }: OperatorsDependencies): Hono {
  const routes = new Hono();
  routes.get('/donations', async (context) => context.json(await findDonations(context.req.query())));
  routes.get('/donations/:id', async (context) =>
    context.json(await donationLife(context.req.param('id') as DonationId)),
  );
  routes.get('/ledger/trial-balance', async (context) => {
    const { accounts } = await proveLedger(scanTypes);
    return context.json({ accounts, sumRupiah: accounts.reduce((sum, { balanceRupiah }) => sum + balanceRupiah, 0) });
  });
  routes.get('/stats', async (context) =>
    context.json(await countEverything({ scanRows: scanTypes, scanReminders }, civilDateOf(now()), now())),
  );
  routes.post('/proofs', async (context) => {
    const { accounts: _accounts, ...proof } = await proveLedger(scanTypes);
    return context.json(proof);
  });
  return routes;
}
