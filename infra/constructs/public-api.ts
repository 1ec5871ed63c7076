/** The one door from outside: routes, throttles, and an access log without anything personal. */
import { CfnOutput } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnIntegration,
  CfnRoute,
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accept, FOLDER_MARK, mark } from '../marks.ts';
import type { Stage } from '../stage.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';

export interface PublicApiProps {
  readonly stage: Stage;
  readonly receiveWebhook: LingkaranFunction;
  readonly receiveReceipts: LingkaranFunction;
  readonly servePublic: LingkaranFunction;
  readonly serveOperators: LingkaranFunction;
  readonly serveCampaigns: LingkaranFunction;
  readonly exchangeRegistrar: LingkaranFunction;
}

interface Route {
  readonly method: HttpMethod;
  readonly path: string;
  /** Why anybody may call it. */
  readonly openBecause: string;
}

const { ANY, GET, POST } = HttpMethod;
const SIGNED = 'The function verifies the signature on the exact bytes.';
const WEBHOOKS: readonly Route[] = [
  { method: POST, path: '/webhooks/{proxy+}', openBecause: SIGNED },
  // As banks sign their calls; one that signs another path comes in below /webhooks/snap/{partner}.
  { method: POST, path: '/v1.0/{proxy+}', openBecause: SIGNED },
  { method: POST, path: '/snap/v1.0/{proxy+}', openBecause: SIGNED },
];
/** WhatsApp asks with GET whether the address is ours. */
const MESSENGERS: readonly Route[] = [GET, POST].map((method) => ({
  method,
  path: '/webhooks/messaging/{proxy+}',
  openBecause: SIGNED,
}));
const PLEDGES = { method: POST, path: '/api/pledges', openBecause: 'Anybody may pledge; only payment books anything.' };
const PAYING = 'The token in the path is the key to going on from one cover.';
const PAY_ORDERS = { method: POST, path: '/pay/{token}', openBecause: PAYING };
const RENEWING = 'The token in the path is the key to one pledge and to covering its workers again.';
const RENEWALS = { method: POST, path: '/renew/{token}', openBecause: RENEWING };
const PUBLIC: readonly Route[] = [
  PLEDGES,
  { method: GET, path: '/', openBecause: 'The public page.' },
  { method: GET, path: '/policies', openBecause: 'Whom money protects next is published.' },
  { method: GET, path: '/d/{token}', openBecause: 'The token in the path is the key to one donor’s proof.' },
  { method: GET, path: '/invoices/{token}', openBecause: 'The token in the path is the key to one pledge’s bill.' },
  { method: GET, path: '/pay/{token}', openBecause: PAYING },
  PAY_ORDERS,
  { method: GET, path: '/renew/{token}', openBecause: RENEWING },
  RENEWALS,
];
const OPERATORS: readonly Route[] = [
  { method: ANY, path: '/api/{proxy+}', openBecause: 'The function checks the bearer token of the operator.' },
  // What campaigns came to is worked out from the books, which those who make campaigns need no right to scan.
  { method: GET, path: '/api/campaigns/{campaignId}/results', openBecause: 'The function checks the same token.' },
];
const CAMPAIGNS: readonly Route[] = [
  { method: ANY, path: '/api/campaigns', openBecause: 'The function checks the bearer token of the operator.' },
  { method: ANY, path: '/api/campaigns/{proxy+}', openBecause: 'The function checks the same token.' },
];

const REGISTRAR: readonly Route[] = [
  {
    method: ANY,
    path: '/api/registrar/{proxy+}',
    openBecause: 'The function checks the bearer token of the operator.',
  },
];

/** Twice the webhooks of the busiest appeal we know of, three times over. */
const THROTTLE = { rateLimit: 2000, burstLimit: 4000 };
/** People press these buttons, gateways do not. */
const BUTTON_THROTTLE = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 };

/** The route, never the path: paths carry tokens. No address, no query string, no header. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    requestTime: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    responseBytes: '$context.responseLength',
    latencyMilliseconds: '$context.responseLatency',
    integrationStatus: '$context.integrationStatus',
    integrationLatencyMilliseconds: '$context.integrationLatency',
  }),
);

export class PublicApi extends Construct {
  readonly api: HttpApi;
  readonly #url: string;

  constructor(scope: Construct, id: string, props: PublicApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: `Lingkaran ${props.stage.stage}: webhooks, pledges, proof pages, operators`,
      createDefaultStage: false,
    });
    this.#serve(props.receiveWebhook, WEBHOOKS);
    this.#serve(props.receiveReceipts, MESSENGERS);
    this.#serve(props.servePublic, PUBLIC);
    this.#serve(props.serveOperators, OPERATORS);
    this.#serve(props.serveCampaigns, CAMPAIGNS);
    this.#serve(props.exchangeRegistrar, REGISTRAR);
    this.#url = this.#stage(props.stage).url;
    new CfnOutput(this, 'Url', { key: 'ApiUrl', value: this.#url });
  }

  /** For functions that send links. One behind the API itself cannot know its address: each would wait for the other. */
  tellAddress(...functions: readonly LingkaranFunction[]): void {
    for (const each of functions) each.addEnvironment('PUBLIC_URL', this.#url);
  }

  #serve(lambda: LingkaranFunction, routes: readonly Route[]): void {
    const integration = new HttpLambdaIntegration(lambda.folder, lambda.live, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    });
    for (const { method, path, openBecause } of routes) {
      const [route] = this.api.addRoutes({ path, methods: [method], integration });
      accept(route!, 'AwsSolutions-APIG4', openBecause);
      for (const child of route!.node.findAll())
        if (child instanceof CfnIntegration) mark(child, FOLDER_MARK, lambda.folder);
    }
  }

  #stage({ logRetention, removalPolicy }: Stage): HttpStage {
    const logs = new LogGroup(this, 'AccessLogs', { retention: logRetention, removalPolicy });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: THROTTLE,
      accessLogSettings: { destination: new LogGroupLogDestination(logs), format: ACCESS_LOG },
    });
    const buttons = [PLEDGES, PAY_ORDERS, RENEWALS].map(({ method, path }) => [`${method} ${path}`, BUTTON_THROTTLE]);
    (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(buttons);
    for (const child of this.api.node.findAll()) if (child instanceof CfnRoute) stage.node.addDependency(child);
    return stage;
  }
}
