import { configuredChannels, workerMessaging } from '../../shared/adapters/messaging.ts';
import { payLinkOf } from '../../shared/adapters/pay-links.ts';
import { sendNudgesLater } from '../../shared/adapters/queues.ts';
import { suppressedOn } from '../../shared/adapters/suppressions.ts';
import { vault } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { civilDateOf } from '../../shared/domain/dates.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { nudgeMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import { publicUrl, settings } from '../../shared/settings.ts';
import { rememberedCampaigns } from '../../shared/store/campaigns.ts';
import { readCovers } from '../../shared/store/covers.ts';
import { holdNudgePage } from '../../shared/store/nudge-pages.ts';
import {
  claimNudge,
  claimsOf,
  finishNudgeBatch,
  keepUnfinishedBatch,
  readNudgeBatch,
} from '../../shared/store/nudges.ts';
import { quarantineRecord } from '../../shared/store/quarantine.ts';
import { readWorkers } from '../../shared/store/workers.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { type NudgePolicy, type SendNudgesDependencies, sendNudges } from './send-nudges.ts';

const log = loggerFor('send-nudges');
const meter = meterFor('send-nudges');

function policy(): NudgePolicy {
  const { hours, dailyCap } = settings().messaging;
  return { hours, dailyCap, channels: configuredChannels(), tariff: tariffInForce(civilDateOf(now())) };
}

/** Open to tests, so that a messenger can misbehave. */
export const dependencies: SendNudgesDependencies = {
  now,
  policy,
  // Nobody can tell a reminder from one sent a second earlier, and the claims keep it from going out twice.
  readCovers: (coverIds) => readCovers(coverIds, { consistent: false }),
  readWorkers: (workerIds) => readWorkers(workerIds, { consistent: false }),
  campaigns: rememberedCampaigns(now),
  readPeople: (workerIds) => vault.readPeople(workerIds),
  suppressedOn,
  holdNudgePage,
  claimNudge,
  claimsOf,
  readNudgeBatch,
  finishNudgeBatch,
  keepUnfinishedBatch,
  sendLater: sendNudgesLater,
  payLinkOf,
  messaging: workerMessaging(now, publicUrl),
  log,
  meter,
};

export const handler = queueHandler({
  source: 'nudges',
  schema: nudgeMessageSchema,
  handle: (message, delivery) => sendNudges(message, delivery, dependencies),
  quarantine: quarantineRecord(now),
  log,
  meter,
});
