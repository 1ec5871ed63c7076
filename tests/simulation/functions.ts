/** The handlers as they are deployed. */
import '../support/environment.ts';
import { handler as allocateFunds } from '../../functions/allocate-funds/handler.ts';
import { handler as enrolWorkers } from '../../functions/enrol-workers/handler.ts';
import { handler as proveLedger } from '../../functions/prove-ledger/handler.ts';
import { handler as receiveWebhook } from '../../functions/receive-webhook/handler.ts';
import { handler as recordPayment } from '../../functions/record-payment/handler.ts';
import { handler as runCoverPhase } from '../../functions/run-cover-phase/handler.ts';
import { handler as sendNudges } from '../../functions/send-nudges/handler.ts';
import { handler as startCohorts } from '../../functions/start-cohorts/handler.ts';
import { handler as sweepOverdue } from '../../functions/sweep-overdue/handler.ts';
import type { Handler } from './processes.ts';

export const FUNCTIONS = {
  receiveWebhook,
  recordPayment,
  allocateFunds,
  enrolWorkers,
  sendNudges,
  runCoverPhase,
  startCohorts,
  sweepOverdue,
  proveLedger,
} as unknown as Readonly<
  Record<
    | 'receiveWebhook'
    | 'recordPayment'
    | 'allocateFunds'
    | 'enrolWorkers'
    | 'sendNudges'
    | 'runCoverPhase'
    | 'startCohorts'
    | 'sweepOverdue'
    | 'proveLedger',
    Handler
  >
>;
