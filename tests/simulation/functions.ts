/** The handlers as they are deployed. */
import './environment.ts';
import { handler as allocateFunds } from '../../functions/allocate-funds/handler.ts';
import { handler as enrolWorkers } from '../../functions/enrol-workers/handler.ts';
import { handler as importWorkers } from '../../functions/import-workers/handler.ts';
import { handler as proveLedger } from '../../functions/prove-ledger/handler.ts';
import { handler as receiveReceipts } from '../../functions/receive-receipts/handler.ts';
import { handler as receiveWebhook } from '../../functions/receive-webhook/handler.ts';
import { handler as recordPayment } from '../../functions/record-payment/handler.ts';
import { handler as runCampaign } from '../../functions/run-campaign/handler.ts';
import { handler as runCoverPhase } from '../../functions/run-cover-phase/handler.ts';
import { handler as sendNudges } from '../../functions/send-nudges/handler.ts';
import { handler as serveCampaigns } from '../../functions/serve-campaigns/handler.ts';
import { handler as serveOperators } from '../../functions/serve-operators/handler.ts';
import { handler as servePublic } from '../../functions/serve-public/handler.ts';
import { handler as settleStatement } from '../../functions/settle-statement/handler.ts';
import { handler as startCohorts } from '../../functions/start-cohorts/handler.ts';
import { handler as sweepOverdue } from '../../functions/sweep-overdue/handler.ts';
import type { Handler } from './processes.ts';

const HANDLERS = {
  receiveWebhook,
  recordPayment,
  allocateFunds,
  enrolWorkers,
  importWorkers,
  sendNudges,
  serveCampaigns,
  serveOperators,
  servePublic,
  receiveReceipts,
  runCampaign,
  runCoverPhase,
  settleStatement,
  startCohorts,
  sweepOverdue,
  proveLedger,
};

export const FUNCTIONS = HANDLERS as unknown as Readonly<Record<keyof typeof HANDLERS, Handler>>;
