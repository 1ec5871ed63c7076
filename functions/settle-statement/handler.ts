import { sendPayments } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { statementMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import { putDifference } from '../../shared/store/differences.ts';
import { areBooked, readDonations } from '../../shared/store/donations.ts';
import { finishChunk, putChunk, readChunk, readFileRow } from '../../shared/store/files.ts';
import { knownOrders } from '../../shared/store/order-references.ts';
import { findPaymentId, settlePaymentId } from '../../shared/store/payment-names.ts';
import { quarantineRecord } from '../../shared/store/quarantine.ts';
import { enterReceiptLines } from '../../shared/store/receipts.ts';
import { markAllSettled } from '../../shared/store/settlement-awaited.ts';
import { putUnassigned } from '../../shared/store/unassigned.ts';
import { type SettleStatementDependencies, settleStatement } from './settle-statement.ts';

const log = loggerFor('settle-statement');

const dependencies: SettleStatementDependencies = {
  now,
  seal: intakeSealing.seal,
  unseal: intakeSealing.unseal,
  enterReceiptLines,
  readFileRow,
  readChunk,
  putChunk,
  finishChunk,
  readDonations,
  areBooked,
  knownOrders,
  putDifference,
  putUnassigned,
  markAllSettled,
  sendPayments,
  findPaymentId,
  settlePaymentId,
  log,
};

export const handler = queueHandler({
  source: 'statements',
  schema: statementMessageSchema,
  handle: (message) => settleStatement(message, dependencies),
  quarantine: quarantineRecord(now),
  log,
  meter: meterFor('settle-statement'),
});
