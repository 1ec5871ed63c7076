/** The API of those who make campaigns: drafts, whom they reach, what they say, a test, and launching, pausing, stopping. */
import { Hono } from 'hono';
import * as z from 'zod';
import { readCampaignPlan } from '../../shared/campaign-schema.ts';
import { type Campaign, campaignIdOf } from '../../shared/domain/campaign.ts';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import { type CivilDate, isCivilDate } from '../../shared/domain/dates.ts';
import type { CampaignId, CoverId, WorkerId } from '../../shared/domain/ids.ts';
import { nudgeText } from '../../shared/domain/nudge-texts.ts';
import type { Tariff } from '../../shared/domain/tariff.ts';
import type { Language, WorkerRow } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import type { Messaging } from '../../shared/ports/messaging.ts';
import type { TestRecipient } from '../../shared/settings.ts';
import { type OperatorsEnvironment, operatorsOnly, type ReadOperators } from '../serve-operators/operators-only.ts';
import {
  armIn,
  armOfWorker,
  factsFor,
  madeUpReader,
  type Reader,
  stepIn,
  testMessage,
  type Wanted,
} from './compose.ts';
import { faultsBeforeLaunch, type LaunchDependencies, launchCampaign, stopCampaign } from './launch-campaign.ts';
import { dryRun, seeAudience } from './see-audience.ts';

export interface CampaignsDependencies extends LaunchDependencies {
  readonly operators: ReadOperators;
  readonly listCampaigns: () => Promise<Campaign[]>;
  readonly createCampaign: (campaign: Campaign) => Promise<void>;
  readonly replaceDraft: (campaign: Campaign) => Promise<void>;
  readonly readWorker: (workerId: WorkerId) => Promise<WorkerRow | null>;
  readonly coversOfWorker: (workerId: WorkerId) => Promise<Cover[]>;
  /** @param origin where the one who asks reached us, for no function behind the API is told its address */
  readonly payLinkOf: (coverId: CoverId, origin: string) => Promise<string>;
  readonly tariff: () => Tariff;
  readonly messaging: Messaging;
  readonly testRecipients: () => readonly TestRecipient[];
}

const wantedSchema = z.lazy(() =>
  z.strictObject({
    step: z.string().optional(),
    language: z.enum(['id', 'en']).optional(),
    arm: z.string().optional(),
    worker: z.string().startsWith('wrk_').optional(),
  }),
);
const testSchema = z.lazy(() =>
  z.strictObject({
    recipient: z.string().min(1),
    step: z.string().optional(),
    language: z.enum(['id', 'en']).default('id'),
    arm: z.string().optional(),
  }),
);

function draft(body: string, madeBy: OperatorId, dependencies: CampaignsDependencies): Campaign {
  const plan = readCampaignPlan(parseJson(body));
  return {
    ...plan,
    campaignId: campaignIdOf(plan.name),
    state: 'draft',
    madeBy,
    madeAt: dependencies.now(),
    launchedBy: null,
    launchedAt: null,
    firstDay: null,
    ranThrough: null,
  };
}

export function campaignsApp(dependencies: CampaignsDependencies): Hono<OperatorsEnvironment> {
  const app = operatorsOnly(dependencies.operators);
  app.route('/api/campaigns', draftRoutes(dependencies));
  app.route('/api/campaigns', lookRoutes(dependencies));
  app.route('/api/campaigns', commandRoutes(dependencies));
  return app;
}

function draftRoutes(dependencies: CampaignsDependencies): Hono<OperatorsEnvironment> {
  const routes = new Hono<OperatorsEnvironment>();
  routes.get('/', async (context) => context.json({ items: await dependencies.listCampaigns(), nextCursor: null }));
  routes.post('/', async (context) => {
    const campaign = draft(await context.req.text(), context.get('operator'), dependencies);
    await dependencies.createCampaign(campaign);
    return context.json(campaign, 201);
  });
  routes.get('/:campaignId', async (context) =>
    context.json(await dependencies.readCampaign(context.req.param('campaignId') as CampaignId)),
  );
  routes.put('/:campaignId', async (context) => {
    const before = await dependencies.readCampaign(context.req.param('campaignId') as CampaignId);
    if (before.state !== 'draft') throw new Permanent('campaign_locked');
    const { campaignId, madeBy } = before;
    const campaign = { ...draft(await context.req.text(), context.get('operator'), dependencies), madeBy };
    // The id is that of the name, and results are found under it.
    if (campaign.campaignId !== campaignId) throw new Permanent('field_invalid', { field: 'name' });
    await dependencies.replaceDraft(campaign);
    return context.json(campaign);
  });
  return routes;
}

function lookRoutes(dependencies: CampaignsDependencies): Hono<OperatorsEnvironment> {
  const routes = new Hono<OperatorsEnvironment>();
  const campaignIn = (id: string) => dependencies.readCampaign(id as CampaignId);
  routes.get('/:campaignId/audience', async (context) => {
    const campaign = await campaignIn(context.req.param('campaignId'));
    return context.json(await seeAudience(campaign, context.req.query('cursor'), dependencies));
  });
  routes.get('/:campaignId/dry-run', async (context) => {
    const campaign = await campaignIn(context.req.param('campaignId'));
    const on = context.req.query('on') ?? '';
    if (!isCivilDate(on)) throw new Permanent(on === '' ? 'field_missing' : 'field_invalid', { field: 'on' });
    return context.json({ on, ...(await dryRun(campaign, on, context.req.query('cursor'), dependencies)) });
  });
  routes.get('/:campaignId/preview', async (context) => {
    const campaign = await campaignIn(context.req.param('campaignId'));
    const origin = `${context.req.header('x-forwarded-proto') ?? 'https'}://${context.req.header('host')}`;
    const asked = parseContract(wantedSchema, context.req.query());
    return context.json(await preview(campaign, asked, origin, dependencies));
  });
  routes.get('/:campaignId/readiness', async (context) => {
    const campaign = await campaignIn(context.req.param('campaignId'));
    return context.json({ faults: await faultsBeforeLaunch(campaign, dependencies) });
  });
  return routes;
}

function commandRoutes(dependencies: CampaignsDependencies): Hono<OperatorsEnvironment> {
  const routes = new Hono<OperatorsEnvironment>();
  const idIn = (id: string) => id as CampaignId;
  routes.post('/:campaignId/test-send', async (context) => {
    const campaign = await dependencies.readCampaign(idIn(context.req.param('campaignId')));
    const wanted = parseContract(testSchema, parseJson(await context.req.text()));
    return context.json(await testSend(campaign, wanted, dependencies));
  });
  routes.post('/:campaignId/launch', async (context) =>
    context.json(await launchCampaign(idIn(context.req.param('campaignId')), context.get('operator'), dependencies)),
  );
  routes.post('/:campaignId/pause', async (context) =>
    context.json(await dependencies.moveCampaign(idIn(context.req.param('campaignId')), 'pause')),
  );
  routes.post('/:campaignId/resume', async (context) =>
    context.json(await dependencies.moveCampaign(idIn(context.req.param('campaignId')), 'resume')),
  );
  routes.post('/:campaignId/stop', async (context) =>
    context.json(await stopCampaign(idIn(context.req.param('campaignId')), dependencies)),
  );
  return routes;
}

type Asked = z.infer<typeof wantedSchema>;

/** The exact text; of a worker in the worker's own arm and language, unless another is asked for. */
async function preview(campaign: Campaign, asked: Asked, origin: string, dependencies: CampaignsDependencies) {
  const step = stepIn(campaign, asked.step);
  const known = asked.worker === undefined ? null : await readerOf(asked.worker as WorkerId, origin, dependencies);
  const arm = known && asked.arm === undefined ? armOfWorker(campaign, known.worker) : armIn(campaign, asked.arm);
  const language: Language = asked.language ?? known?.worker.language ?? 'id';
  const wanted: Wanted = { step: step.name, language };
  if (arm === null) return { ...wanted, arm: null, heldOut: true, text: null };
  const reader = known?.reader ?? madeUpReader(step, dependencies.now(), null);
  const text = nudgeText(factsFor(arm, wanted, reader, dependencies.tariff()), language);
  return { ...wanted, arm: arm.name, heldOut: false, text, endDate: reader.endDate };
}

/** @throws Permanent `not_found` */
async function readerOf(
  workerId: WorkerId,
  origin: string,
  dependencies: CampaignsDependencies,
): Promise<{ worker: WorkerRow; reader: Reader }> {
  const worker = await dependencies.readWorker(workerId);
  const active = (await dependencies.coversOfWorker(workerId)).filter(({ state }) => state === 'active');
  const cover = active.toSorted((a, b) => ((a.endDate ?? '') < (b.endDate ?? '') ? 1 : -1))[0];
  if (!worker || !cover?.endDate)
    throw new Permanent('not_found', { field: 'worker', detail: 'a worker with a cover that was accepted' });
  const endDate = cover.endDate as CivilDate;
  return { worker, reader: { ...cover, endDate, payLink: await dependencies.payLinkOf(cover.coverId, origin) } };
}

/** @throws Permanent `recipient_not_listed` */
async function testSend(campaign: Campaign, asked: z.infer<typeof testSchema>, dependencies: CampaignsDependencies) {
  const recipient = dependencies.testRecipients().find(({ name }) => name === asked.recipient);
  if (!recipient) throw new Permanent('recipient_not_listed', { field: 'recipient' });
  const step = stepIn(campaign, asked.step);
  const at = dependencies.now();
  const message = testMessage(
    campaign,
    armIn(campaign, asked.arm),
    { ...asked, step: step.name },
    { recipient, reader: madeUpReader(step, at, null), tariff: dependencies.tariff(), at },
  );
  const outcome = await dependencies.messaging.send(message);
  return { recipient: recipient.name, channel: recipient.channel, text: message.text, ...outcome };
}
