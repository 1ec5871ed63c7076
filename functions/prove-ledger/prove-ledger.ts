/** Reads every row of the table once and proves the books. The same code answers `POST /api/proofs`. */
import { now } from '../../shared/clock.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import { civilDateOf } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { WorkerId } from '../../shared/domain/ids.ts';
import type { LedgerTransaction } from '../../shared/domain/ledger.ts';
import type { LifePosting, LifeReport } from '../../shared/domain/life-proof.ts';
import { type GovernmentReport, type Proof, type ProofTerms, Prover } from '../../shared/domain/proof.ts';
import type { Row, TypeScan } from '../../shared/store/table.ts';
import { knownTariff } from '../../shared/tariff-in-force.ts';

export type ScanRows = (scan: TypeScan) => AsyncIterable<Row[]>;

/** Of each row only what the proof looks at. */
const PROVED: TypeScan = {
  types: ['ledger', 'donation', 'cover', 'worker', 'life_event'],
  attributes: [
    ...['type', 'kind', 'at', 'entries', 'amountRupiah', 'donationId', 'fundId', 'coverId', 'workerId'],
    ...['receivedRupiah', 'feeRupiah', 'refundedRupiah', 'allocatedRupiah', 'remainingRupiah', 'reattributeRupiah'],
    ...['gateway', 'feeCarriedRupiah', 'feeBeyondRupiah'],
    ...['package', 'sector', 'state', 'months', 'monthsPaid', 'paidMonths', 'allocationId', 'cohortId', 'anchorDay'],
    ...[
      'reservedAt',
      'acceptedAt',
      'startDate',
      'endDate',
      'endedOn',
      'renews',
      'renewedBy',
      'claimOpenSince',
      'reason',
    ],
    ...['coverIds', 'monthNumber', 'covers', 'change', 'on', 'recordedAt'],
  ],
};

function feed(prover: Prover, row: Row): void {
  switch (row.type) {
    case 'ledger':
      prover.takeTransaction(
        row as unknown as LedgerTransaction,
        row.donationId as string | undefined,
        row.amountRupiah as number | undefined,
      );
      prover.takePosting(row as unknown as LifePosting);
      break;
    case 'life_event':
      prover.takeReport(row as unknown as LifeReport & GovernmentReport);
      break;
    case 'donation':
      prover.takeDonation(row as unknown as Donation);
      break;
    case 'cover':
      prover.takeCover(row as unknown as Cover);
      break;
    case 'worker':
      prover.takeWorker(row.workerId as WorkerId, (row.paidMonths as Set<string> | undefined) ?? new Set());
      break;
  }
}

async function proveOnce(scanRows: ScanRows, terms: ProofTerms): Promise<Proof> {
  const prover = new Prover(terms);
  for await (const page of scanRows(PROVED)) for (const row of page) feed(prover, row);
  return prover.conclude();
}

/**
 * A scan of books in motion may see one half of a transaction. What it finds wrong is looked at a second time, and
 * only what is wrong both times is reported.
 */
export async function proveLedger(scanRows: ScanRows): Promise<Proof> {
  const terms = { tariff: knownTariff(), today: civilDateOf(now()) };
  const first = await proveOnce(scanRows, terms);
  if (first.holds) return first;
  const second = await proveOnce(scanRows, terms);
  const seen = new Set(first.violations.map(({ detail }) => detail));
  const violations = second.violations.filter(({ detail }) => seen.has(detail));
  return { ...second, violations, holds: violations.length === 0 };
}
