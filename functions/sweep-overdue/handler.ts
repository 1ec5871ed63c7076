import { startLifecycle } from '../../shared/adapters/executions.ts';
import { sendEnrolment, sendFile, sendNudges, sendPayments, sendToFund } from '../../shared/adapters/queues.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { scheduleHandler } from '../../shared/middleware/schedule.ts';
import { enrolmentsDue } from '../../shared/store/allocations.ts';
import {
  launchedCampaigns,
  listCampaigns,
  markRanThrough,
  markRun,
  markRunAccounted,
  readCampaign,
  runsOf,
} from '../../shared/store/campaigns.ts';
import {
  listCohorts,
  markPhaseAccounted,
  markPhaseDone,
  markSettled,
  markStarted,
  phaseMarks,
  readCohort,
} from '../../shared/store/cohorts.ts';
import { payMonth } from '../../shared/store/contributions.ts';
import { coversOfShard, coversOfWorker, readCovers } from '../../shared/store/covers.ts';
import { donationsDue } from '../../shared/store/donations.ts';
import { filesDue, markFileSettled, readFileProgress, reopenFile } from '../../shared/store/files.ts';
import { listFundIds } from '../../shared/store/funds.ts';
import { lifeEventsDue, markEventDone, openClaims } from '../../shared/store/life-events.ts';
import { putNudgePages, unfinishedPages } from '../../shared/store/nudge-pages.ts';
import { receiptsDue, sendApproved } from '../../shared/store/receipt-decisions.ts';
import { listParked } from '../../shared/store/registrar-parked.ts';
import { coversOfAllocation } from '../../shared/store/settlements.ts';
import { markTariffSwept, sweptTariff } from '../../shared/store/tariffs.ts';
import { readWorkers } from '../../shared/store/workers.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { type RunCampaignDependencies, runCampaign } from '../run-campaign/run-campaign.ts';
import { sweepCampaigns } from '../run-campaign/sweep-campaigns.ts';
import { runCoverPhase } from '../run-cover-phase/run-cover-phase.ts';
import { startCohorts } from '../start-cohorts/start-cohorts.ts';
import { type SweepOverdueDependencies, sweepOverdue } from './sweep-overdue.ts';

const log = loggerFor('sweep-overdue');

const campaignRuns: RunCampaignDependencies = {
  now,
  readCampaign,
  launchedCampaigns,
  listCohorts,
  coversOfShard,
  readWorkers: (workerIds) => readWorkers(workerIds, { consistent: false }),
  runsOf,
  markRun,
  putNudgePages,
  sendNudges,
  markRanThrough,
  log,
};

const dependencies: SweepOverdueDependencies = {
  now,
  donationsDue,
  listFundIds,
  enrolmentsDue,
  receiptsDue,
  sendReceipt: (receipt) => sendApproved(receipt, (message) => sendPayments([message])),
  filesDue,
  readFileProgress,
  markFileSettled,
  reopenFile,
  sendFile,
  sendToFund,
  sendEnrolment,
  tariffInForce,
  sweptTariff,
  markTariffSwept,
  coversOfShard,
  coversOfAllocation,
  lifeEventsDue,
  markEventDone,
  coversOfWorker,
  openClaims,
  listParked,
  listCohorts,
  phaseMarks,
  startCohorts: () => startCohorts({ now, listCohorts, startLifecycle, markStarted, log }),
  runCoverPhase: (task) =>
    runCoverPhase(task, {
      now,
      readCohort,
      coversOfShard,
      readCovers,
      payMonth,
      tariffInForce,
      sendToFund,
      putNudgePages,
      sendNudges,
      markPhaseDone,
      log,
    }),
  unfinishedPages,
  sendNudges,
  markPhaseAccounted,
  markSettled,
  sweepCampaigns: (before) =>
    sweepCampaigns(before, {
      now,
      listCampaigns,
      runCampaign: (campaignId) => runCampaign(campaignId, campaignRuns),
      runsOf,
      unfinishedPages,
      sendNudges,
      markRunAccounted,
    }),
  log,
  meter: meterFor('sweep-overdue'),
};

export const handler = scheduleHandler({ handle: () => sweepOverdue(dependencies), log });
