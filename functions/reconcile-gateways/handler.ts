import { paymentListOf } from '../../shared/adapters/payment-list.ts';
import { sendPayments } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { scheduleHandler } from '../../shared/middleware/schedule.ts';
import { settings } from '../../shared/settings.ts';
import { allDifferences, putDifference, settleDifference } from '../../shared/store/differences.ts';
import { isBooked, readDonation, readDonations } from '../../shared/store/donations.ts';
import { findPaymentId, settlePaymentId } from '../../shared/store/payment-names.ts';
import { lastReports, readListCursor, saveListCursor, saveReport } from '../../shared/store/reconciliations.ts';
import { awaitedSettlements, markSettled } from '../../shared/store/settlement-awaited.ts';
import { type ReconcileGatewaysDependencies, reconcileGateways } from './reconcile-gateways.ts';

const log = loggerFor('reconcile-gateways');

const dependencies: Omit<ReconcileGatewaysDependencies, 'settledWithinDays'> = {
  now,
  async lists() {
    const xendit = await paymentListOf('xendit');
    return new Map(xendit ? [['xendit', xendit]] : []);
  },
  findPaymentId,
  settlePaymentId,
  readDonation,
  readDonations,
  isBooked,
  markSettled,
  putDifference,
  settleDifference,
  allDifferences,
  awaitedSettlements,
  sendPayments,
  seal: intakeSealing.seal,
  readListCursor,
  saveListCursor,
  lastReports,
  saveReport,
  log,
  meter: meterFor('reconcile-gateways'),
};

export const handler = scheduleHandler({
  handle: () => reconcileGateways({ ...dependencies, ...settings().reconciliation }),
  log,
});
