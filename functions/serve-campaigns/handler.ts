import { handle } from 'hono/aws-lambda';
import { createSchedule, deleteSchedule } from '../../shared/adapters/campaign-schedules.ts';
import { configuredChannels, workerMessaging } from '../../shared/adapters/messaging.ts';
import { payLinks } from '../../shared/adapters/pay-links.ts';
import { intakeKeys } from '../../shared/adapters/sealing.ts';
import { secrets } from '../../shared/adapters/secrets.ts';
import { suppressedOn } from '../../shared/adapters/suppressions.ts';
import { vault } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { civilDateOf } from '../../shared/domain/dates.ts';
import { loggerFor } from '../../shared/logger.ts';
import { type HttpHandler, httpHandler } from '../../shared/middleware/http.ts';
import { settings } from '../../shared/settings.ts';
import {
  createCampaign,
  launchedCampaigns,
  listCampaigns,
  moveCampaign,
  readCampaign,
  replaceDraft,
  withDonations,
} from '../../shared/store/campaigns.ts';
import { listCohorts } from '../../shared/store/cohorts.ts';
import { coversOfShard, coversOfWorker } from '../../shared/store/covers.ts';
import { readWorker, readWorkers } from '../../shared/store/workers.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { operatorsSchema } from '../serve-operators/operators.ts';
import { readContacts } from './read-contacts.ts';
import { campaignsApp } from './serve-campaigns.ts';

const log = loggerFor('serve-campaigns');
const NOBODY = { tokens: [], people: [] };

const links = payLinks(intakeKeys);

const app = campaignsApp({
  now,
  operators: async (options) => (await secrets.read('operators', operatorsSchema, options)) ?? NOBODY,
  listCampaigns,
  createCampaign,
  replaceDraft,
  readCampaign,
  moveCampaign,
  createSchedule,
  deleteSchedule,
  listCohorts,
  coversOfShard,
  coversOfWorker,
  readWorker,
  readWorkers: (workerIds) => readWorkers(workerIds, { consistent: false }),
  launchedCampaigns,
  withDonations,
  contactsOf: (workerIds) => readContacts(workerIds, (ids) => vault.readPeople(ids), suppressedOn),
  payLinkOf: async (coverId, origin) => `${settings().publicUrl ?? origin}/pay/${await links.tokenOf(coverId)}`,
  tariff: () => tariffInForce(civilDateOf(now())),
  messaging: workerMessaging(now),
  delivery: () => {
    const { messaging } = settings();
    const isOutbox = messaging.kind === 'outbox';
    const templates = isOutbox ? null : new Set(Object.keys(messaging.whatsapp?.templateNames ?? {}));
    return { channels: configuredChannels(), templates };
  },
  testRecipients: () => settings().campaigns.testRecipients,
});

export const handler = httpHandler({ handle: handle(app) as unknown as HttpHandler, log });
