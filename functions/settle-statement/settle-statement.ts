/**
 * Some lines of a checked file against the books. What we had not is sent to be booked the way every payment is; what
 * differs is noted for a person; every payment named counts as settled. Delivered again, a chunk counts the same.
 */

import type { CanonicalEvent } from '../../shared/domain/canonical-event.ts';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { type DonationId, donationIdOf, type FileId } from '../../shared/domain/ids.ts';
import { ZERO_RUPIAH } from '../../shared/domain/money.ts';
import { type Reconciled, reconcile } from '../../shared/domain/reconciliation.ts';
import { Transient } from '../../shared/errors.ts';
import { asOneOfSeveralNames, hasSeveralNames } from '../../shared/gateways/several-names.ts';
import type { Log } from '../../shared/logger.ts';
import type { PaymentMessage, Sealed, SealedCredit, StatementMessage } from '../../shared/messages.ts';
import { inParallel } from '../../shared/parallel.ts';
import { giftOf } from '../../shared/statements/bank.ts';
import type { StatementRow } from '../../shared/statements/statement.ts';
import type { Difference } from '../../shared/store/differences.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { ChunkCounts, ChunkRow, FileRow } from '../../shared/store/files.ts';
import type { EnteredLines, enterReceiptLines } from '../../shared/store/receipts.ts';
import type { SettledPayment } from '../../shared/store/settlement-awaited.ts';
import { underPayment } from '../record-payment/one-payment.ts';

export interface SettleStatementDependencies {
  readonly now: () => Instant;
  readonly seal: (bytes: Uint8Array) => Promise<Sealed>;
  readonly unseal: (sealed: Sealed) => Promise<Uint8Array>;
  readonly enterReceiptLines: typeof enterReceiptLines;
  readonly readFileRow: (fileId: FileId) => Promise<FileRow | null>;
  readonly readChunk: (fileId: FileId, chunk: number) => Promise<ChunkRow | null>;
  readonly putChunk: (fileId: FileId, row: ChunkRow) => Promise<void>;
  readonly finishChunk: (fileId: FileId, chunk: number, at: Instant) => Promise<void>;
  readonly readDonations: (ids: readonly DonationId[]) => Promise<ReadonlyMap<DonationId, StoredDonation>>;
  readonly areBooked: (effectKeys: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Those of these references that are ours. */
  readonly knownOrders: (orderReferences: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly putDifference: (difference: Difference, fileId: FileId, at: Instant) => Promise<void>;
  readonly putUnassigned: (credit: SealedCredit, fileId: FileId, at: Instant) => Promise<void>;
  readonly markAllSettled: (payments: readonly SettledPayment[], at: Instant) => Promise<void>;
  readonly sendPayments: (messages: readonly PaymentMessage[]) => Promise<void>;
  readonly findPaymentId: (event: CanonicalEvent) => Promise<string>;
  readonly settlePaymentId: (event: CanonicalEvent) => Promise<string>;
  readonly log: Log;
}

const CONCURRENT_WRITES = 16;

/** @throws Transient where the file's row cannot be seen yet */
export async function settleStatement(
  message: StatementMessage,
  dependencies: SettleStatementDependencies,
): Promise<void> {
  const { fileId, chunk } = message;
  const before = await dependencies.readChunk(fileId, chunk);
  if (before?.doneAt) return;
  const file = await dependencies.readFileRow(fileId);
  if (!file) throw new Transient('unexpected_failure', { detail: 'no such file' });
  const { entered, faults } = await enter(message, file, dependencies);
  const { gifts, unassigned } = await creditsOf(message, dependencies);
  const rows = await inParallel(message.rows, CONCURRENT_WRITES, (row) => asInOurBooks(row, dependencies));
  const judged = await judge([...rows, ...gifts], dependencies);
  const differences = differencesOf(judged);
  const counts = { ...countsOf(judged), unassigned: unassigned.length, entered };
  // Those that were missing are counted, and booked: nobody need look at them.
  const shown = differences.filter(({ outcome }) => outcome !== 'missing_here');
  if (!before) await dependencies.putChunk(fileId, { chunk, counts, differences: shown, faults });
  await write(message, { judged, differences, unassigned }, dependencies);
  await dependencies.finishChunk(fileId, chunk, dependencies.now());
  dependencies.log.info('lines settled', { fileId, chunk, ...counts });
}

/** A file put into the bucket by hand was handed in by nobody we know: any operator may approve its receipts. */
const NOBODY = 'opr_bucket' as OperatorId;

/** Receipts become drafts; what is booked of them, somebody else than their maker decides. */
async function enter(
  { fileId, sealedReceipts }: StatementMessage,
  { handedInBy: enteredBy = NOBODY, receivedAt }: FileRow,
  { seal, unseal, enterReceiptLines: enterLines }: SettleStatementDependencies,
): Promise<EnteredLines> {
  if (!sealedReceipts) return { entered: 0, faults: [] };
  // Sealed by us, so it is what we wrote.
  const lines = JSON.parse(Buffer.from(await unseal(sealedReceipts)).toString());
  return enterLines(lines, fileId, { enteredBy, at: receivedAt, seal });
}

/** A reference that is no order of ours was mistyped: what the money is for, a person says. */
async function creditsOf(
  { credits }: StatementMessage,
  { knownOrders }: SettleStatementDependencies,
): Promise<{ gifts: StatementRow[]; unassigned: SealedCredit[] }> {
  const named = credits.flatMap(({ orderReference }) => orderReference ?? []);
  const orders = named.length > 0 ? await knownOrders(named) : new Set<string>();
  const gifts: StatementRow[] = [];
  const unassigned: SealedCredit[] = [];
  for (const credit of credits) {
    const { orderReference, sealedRemark: _sealed, ...bare } = credit;
    if (orderReference !== null && orders.has(orderReference))
      gifts.push(giftOf({ ...bare, remark: '' }, orderReference));
    else unassigned.push(credit);
  }
  return { gifts, unassigned };
}

interface OurRow extends StatementRow {
  /**
   * With the name it was told by. A payment booked once more under it counts once, and money back that waits there
   * finds it; money back goes where its payment is when it is booked, which may be elsewhere by then.
   */
  readonly toldAs?: CanonicalEvent;
}

/** Under the id our books know, or will know, the payment by. */
async function asInOurBooks(
  row: StatementRow,
  { findPaymentId, settlePaymentId }: SettleStatementDependencies,
): Promise<OurRow> {
  if (!hasSeveralNames(row.gateway)) return row;
  const event = asOneOfSeveralNames({ ...row, feeRupiah: ZERO_RUPIAH });
  const known = await (event.kind === 'paid' ? settlePaymentId(event) : findPaymentId(event));
  const { paymentId, effectKey } = underPayment(known, event);
  const isNeeded = event.kind !== 'paid' || paymentId !== row.paymentId;
  return { ...row, paymentId, effectKey, ...(isNeeded ? { toldAs: event } : {}) };
}

interface Judged {
  readonly row: StatementRow;
  readonly donationId: DonationId;
  readonly result: Reconciled;
}

async function judge(
  rows: readonly OurRow[],
  { readDonations, areBooked }: SettleStatementDependencies,
): Promise<Judged[]> {
  const idOf = ({ gateway, paymentId }: StatementRow) => donationIdOf(gateway, paymentId);
  const others = rows.filter(({ kind }) => kind !== 'paid');
  const [donations, booked] = await Promise.all([
    readDonations(rows.map(idOf)),
    areBooked(others.map(({ effectKey }) => effectKey)),
  ]);
  return rows.map((row) => {
    const donationId = idOf(row);
    const donation = donations.get(donationId)?.donation ?? null;
    const result = reconcile(row, donation, booked.has(row.effectKey));
    return { row, donationId, result: row.toldAs ? { ...result, events: eventsOf(result, row.toldAs) } : result };
  });
}

function eventsOf({ outcome, events }: Reconciled, toldAs: CanonicalEvent): readonly CanonicalEvent[] {
  if (toldAs.kind !== 'paid') return outcome === 'missing_here' ? [toldAs] : [];
  return outcome === 'amount_differs' ? [] : [...events, toldAs];
}

function countsOf(judged: readonly Judged[]): Omit<ChunkCounts, 'unassigned' | 'entered'> {
  const count = (outcome: Reconciled['outcome']) => judged.filter(({ result }) => result.outcome === outcome).length;
  return {
    matched: count('matched'),
    missingHere: count('missing_here'),
    amountDiffers: count('amount_differs'),
    feeDiffers: count('fee_differs'),
  };
}

function differencesOf(judged: readonly Judged[]): Difference[] {
  return judged.flatMap(({ row: { gateway, paymentId, line, ...stated }, result: { outcome, ours } }) => {
    if (outcome === 'matched') return [];
    return [
      {
        gateway,
        paymentId,
        outcome,
        statedAmountRupiah: stated.amountRupiah,
        statedFeeRupiah: stated.feeRupiah,
        oursAmountRupiah: ours?.amountRupiah ?? null,
        oursFeeRupiah: ours?.feeRupiah ?? null,
        line,
      },
    ];
  });
}

interface Findings {
  readonly judged: readonly Judged[];
  readonly differences: readonly Difference[];
  readonly unassigned: readonly SealedCredit[];
}

/** Everything here may be done twice. */
async function write(
  { fileId }: StatementMessage,
  { judged, differences, unassigned }: Findings,
  dependencies: SettleStatementDependencies,
): Promise<void> {
  const at = dependencies.now();
  await inParallel(differences, CONCURRENT_WRITES, (difference) => dependencies.putDifference(difference, fileId, at));
  await inParallel(unassigned, CONCURRENT_WRITES, (credit) => dependencies.putUnassigned(credit, fileId, at));
  await dependencies.sendPayments(await messagesOf(fileId, judged, dependencies));
  const settled = judged.filter(({ row, result }) => row.kind === 'paid' && result.outcome !== 'amount_differs');
  const payments = settled.map(({ row: { payoutId }, donationId }) => ({ donationId, payoutId }));
  await dependencies.markAllSettled(payments, at);
}

/** One message a line: what one of them meets stops no other. */
async function messagesOf(
  fileId: FileId,
  judged: readonly Judged[],
  { now, seal }: SettleStatementDependencies,
): Promise<PaymentMessage[]> {
  const telling = judged.filter(({ result }) => result.events.length > 0);
  if (telling.length === 0) return [];
  // A line of a file has no body of its own; its file stays in the bucket.
  const sealedBody = await seal(Buffer.from(JSON.stringify({ fileId })));
  return telling.map(({ row, result }) =>
    paymentOnWordOf(`file:${fileId}:${row.line}`, row.gateway, [...result.events], sealedBody, now()),
  );
}

function paymentOnWordOf(
  deliveryKey: string,
  gateway: string,
  events: PaymentMessage['events'],
  sealedBody: Sealed,
  receivedAt: Instant,
): PaymentMessage {
  return {
    contractVersion: 1,
    gateway,
    deliveryKey,
    receivedAt,
    events,
    ignored: false,
    authority: 'statement',
    sealedBody,
  };
}
