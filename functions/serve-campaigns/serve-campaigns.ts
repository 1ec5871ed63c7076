/** The API of those who make campaigns: drafts, whom they reach, what they say, a test, and launching, pausing, stopping. */
import { type Context, Hono } from 'hono';
import { readCampaignPlan } from '../../shared/campaign-schema.ts';
import { type Campaign, campaignIdOf } from '../../shared/domain/campaign.ts';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import { isCivilDate } from '../../shared/domain/dates.ts';
import type { CampaignId } from '../../shared/domain/ids.ts';
import { Permanent } from '../../shared/errors.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import type { TestRecipient } from '../../shared/settings.ts';
import { type OperatorsEnvironment, operatorsOnly, type ReadOperators } from '../serve-operators/operators-only.ts';
import { faultsBeforeLaunch, type LaunchDependencies, launchCampaign, stopCampaign } from './launch-campaign.ts';
import { dryRun, seeAudience } from './see-audience.ts';
import { preview, previewSchema, testSchema, testSend, type WordsDependencies } from './show-words.ts';

export interface CampaignsDependencies extends LaunchDependencies, WordsDependencies {
  readonly operators: ReadOperators;
  readonly listCampaigns: () => Promise<Campaign[]>;
  readonly createCampaign: (campaign: Campaign) => Promise<void>;
  readonly replaceDraft: (campaign: Campaign) => Promise<void>;
  readonly testRecipients: () => readonly TestRecipient[];
}

/** Where the one who asks reached us. */
function originOf(context: Context<OperatorsEnvironment>): string {
  return `${context.req.header('x-forwarded-proto') ?? 'https'}://${context.req.header('host')}`;
}

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
    const asked = parseContract(previewSchema, context.req.query());
    return context.json(await preview(campaign, asked, originOf(context), dependencies));
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
    return context.json(await testSend(campaign, wanted, originOf(context), dependencies));
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
