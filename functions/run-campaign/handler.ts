import * as z from 'zod';
import { deleteSchedule } from '../../shared/adapters/campaign-schedules.ts';
import { sendNudges } from '../../shared/adapters/queues.ts';
import { now } from '../../shared/clock.ts';
import type { CampaignId } from '../../shared/domain/ids.ts';
import { loggerFor } from '../../shared/logger.ts';
import { scheduleHandler } from '../../shared/middleware/schedule.ts';
import { parseContract } from '../../shared/parse.ts';
import {
  launchedCampaigns,
  markRanThrough,
  markRun,
  moveCampaign,
  readCampaign,
  runsOf,
} from '../../shared/store/campaigns.ts';
import { listCohorts } from '../../shared/store/cohorts.ts';
import { coversOfShard } from '../../shared/store/covers.ts';
import { putNudgePages } from '../../shared/store/nudge-pages.ts';
import { readWorkers } from '../../shared/store/workers.ts';
import { closeCampaign } from './close-campaign.ts';
import { runCampaign } from './run-campaign.ts';

const log = loggerFor('run-campaign');
/** What its schedule says, which outlives deploys. */
const startSchema = z.object({ contractVersion: z.literal(1), campaignId: z.string().min(1) });

async function run(event: unknown) {
  const campaignId = parseContract(startSchema, event).campaignId as CampaignId;
  const tally = await runCampaign(campaignId, {
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
  });
  const ended = await closeCampaign(campaignId, { now, readCampaign, runsOf, moveCampaign, deleteSchedule });
  return { ...tally, ended };
}

export const handler = scheduleHandler({ handle: run, log });
