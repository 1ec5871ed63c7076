import { sendEnrolment, sendToFund } from '../../shared/adapters/queues.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { fundMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import { settings } from '../../shared/settings.ts';
import { makeAllocation } from '../../shared/store/allocations.ts';
import { joinCohort } from '../../shared/store/cohorts.ts';
import { continuingCandidates } from '../../shared/store/continuing.ts';
import { readCover } from '../../shared/store/covers.ts';
import { readDonation, readDonations } from '../../shared/store/donations.ts';
import { joinLine, lotsInLine, readFund, removeLot } from '../../shared/store/funds.ts';
import { gatheredRupiahOf, saveGathering, takeFromGathered } from '../../shared/store/gatherings.ts';
import { namedCandidates, renewedCandidates } from '../../shared/store/named.ts';
import { policyAt } from '../../shared/store/policies.ts';
import { quarantineRecord } from '../../shared/store/quarantine.ts';
import { allocationsOf, coversOfAllocation, saveShares, settleCover } from '../../shared/store/settlements.ts';
import { waitingCandidates } from '../../shared/store/waiting.ts';
import { readWorker } from '../../shared/store/workers.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { type AllocateFundsDependencies, allocateFunds } from './allocate-funds.ts';

const log = loggerFor('allocate-funds');

const dependencies: AllocateFundsDependencies = {
  now,
  readFund,
  readDonation,
  readDonations,
  lotsInLine,
  joinLine,
  removeLot,
  saveGathering,
  gatheredRupiahOf,
  takeFromGathered,
  policyAt,
  candidates: {
    waiting: waitingCandidates,
    continuing: continuingCandidates,
    named: namedCandidates,
    renewed: renewedCandidates,
  },
  makeAllocation,
  sendEnrolment,
  sendToFund,
  allocationsOf,
  coversOfAllocation,
  saveShares,
  readCover,
  readWorker,
  tariffInForce,
  cohortSizes: () => settings().lifecycle,
  joinCohort,
  settleCover,
  log,
};

export const handler = queueHandler({
  source: 'funds',
  schema: fundMessageSchema,
  handle: (message) => allocateFunds([message], dependencies),
  handleTogether: (messages) => allocateFunds(messages, dependencies),
  quarantine: quarantineRecord(now),
  log,
  meter: meterFor('allocate-funds'),
});
