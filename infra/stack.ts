/** The whole system, put together from its capabilities. It is the only description there is of it. */
import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms, type AlarmsProps } from './constructs/alarms.ts';
import { Allocation } from './constructs/allocation.ts';
import { Books } from './constructs/books.ts';
import { Campaigns } from './constructs/campaigns.ts';
import type { Capabilities } from './constructs/capabilities.ts';
import { CoverageLifecycle } from './constructs/coverage-lifecycle.ts';
import { DailyRuns } from './constructs/daily-runs.ts';
import { Overview } from './constructs/dashboard.ts';
import { Digests } from './constructs/digests.ts';
import { Files } from './constructs/files.ts';
import { Ingestion } from './constructs/ingestion.ts';
import { Operations } from './constructs/operations.ts';
import { PublicApi } from './constructs/public-api.ts';
import { PublicPages } from './constructs/public-pages.ts';
import { Queues } from './constructs/queues.ts';
import { Registrar } from './constructs/registrar.ts';
import { Renewal } from './constructs/renewal.ts';
import { Roster } from './constructs/roster.ts';
import { Secrets } from './constructs/secrets.ts';
import { type StageOptions, stageOf } from './stage.ts';

export interface LingkaranStackProps extends StackProps, StageOptions {
  readonly bundled: boolean;
}

export class LingkaranStack extends Stack {
  constructor(scope: Construct, { bundled, ...props }: LingkaranStackProps) {
    const stage = stageOf(props);
    super(scope, `Lingkaran-${stage.stage}`, { ...props, description: `Lingkaran, stage ${stage.stage}` });
    Tags.of(this).add('lingkaran:stage', stage.stage);
    const base: Capabilities = {
      context: { stage, bundled },
      books: new Books(this, 'Books', { stage }),
      queues: new Queues(this, 'Queues'),
      secrets: new Secrets(this, 'Secrets', { stage }),
    };
    const { receiveWebhook, recordPayment } = new Ingestion(this, 'Ingestion', base);
    const { allocateFunds, enrolWorkers } = new Allocation(this, 'Allocation', base);
    const lifecycle = new CoverageLifecycle(this, 'CoverageLifecycle', base);
    const { startCohorts, runCoverPhase } = lifecycle;
    const renewal = new Renewal(this, 'Renewal', base);
    const { sendNudges, receiveReceipts } = renewal;
    const { importWorkers } = new Roster(this, 'Roster', base);
    const files = new Files(this, 'Files', base);
    const { exchangeRegistrar } = new Registrar(this, 'Registrar', base);
    const { servePublic } = new PublicPages(this, 'PublicPages', base);
    const { serveOperators, sweepOverdue, proveLedger, reconcileGateways } = new Operations(this, 'Operations', {
      ...base,
      lifecycle,
      files,
    });
    const { digestDonors } = new Digests(this, 'Digests', base);
    const campaigns = new Campaigns(this, 'Campaigns', base);
    const { runCampaign, serveCampaigns } = campaigns;
    const publicApi = new PublicApi(this, 'PublicApi', {
      stage,
      receiveWebhook,
      receiveReceipts,
      servePublic,
      serveOperators,
      serveCampaigns,
      exchangeRegistrar,
    });
    publicApi.tellAddress(sendNudges, digestDonors);
    const daily = new DailyRuns(this, 'Daily', {
      stage,
      startCohorts,
      sweepOverdue,
      proveLedger,
      reconcileGateways,
      digestDonors,
    });
    const watched = {
      stage,
      queues: base.queues,
      daily,
      campaigns,
      lifecycle,
      renewal,
      publicApi,
      receiveWebhook,
      recordPayment,
    };
    this.#watch(watched, [
      ...[receiveWebhook, recordPayment, allocateFunds, enrolWorkers, startCohorts, runCoverPhase],
      ...[runCampaign, serveCampaigns],
      ...[files.checkFile, files.settleStatement, exchangeRegistrar],
      ...[
        sendNudges,
        receiveReceipts,
        sweepOverdue,
        importWorkers,
        serveOperators,
        servePublic,
        proveLedger,
        reconcileGateways,
        digestDonors,
      ],
    ]);
  }

  #watch(watched: AlarmsProps, functions: Overview['functions']): void {
    const alarms = new Alarms(this, 'Alarms', watched);
    new Overview(this, 'Overview', { ...watched, alarms, functions });
  }
}
