import { describe, expect, it } from 'vitest';
import { FOLDER_MARK } from '../../infra/marks.ts';
import { Design } from './template.ts';

const design = new Design();

describe('the HTTP API', () => {
  const ROUTES = {
    'POST /webhooks/{proxy+}': 'receive-webhook',
    'GET /webhooks/messaging/{proxy+}': 'receive-receipts',
    'POST /webhooks/messaging/{proxy+}': 'receive-receipts',
    'POST /v1.0/{proxy+}': 'receive-webhook',
    'POST /snap/v1.0/{proxy+}': 'receive-webhook',
    'POST /api/pledges': 'serve-public',
    'GET /': 'serve-public',
    'GET /policies': 'serve-public',
    'GET /d/{token}': 'serve-public',
    'GET /invoices/{token}': 'serve-public',
    'GET /pay/{token}': 'serve-public',
    'POST /pay/{token}': 'serve-public',
    'GET /renew/{token}': 'serve-public',
    'POST /renew/{token}': 'serve-public',
    'ANY /api/{proxy+}': 'serve-operators',
    'GET /api/campaigns/{campaignId}/results': 'serve-operators',
    'ANY /api/campaigns': 'serve-campaigns',
    'ANY /api/campaigns/{proxy+}': 'serve-campaigns',
    'ANY /api/registrar/{proxy+}': 'exchange-registrar',
  };
  const [stage] = design.ofType('AWS::ApiGatewayV2::Stage');

  it('routes as the design says, to the alias, in the format of version 2', () => {
    const routes = design.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => {
      const integration = design.behind(properties.Target);
      expect(integration.properties.PayloadFormatVersion).toBe('2.0');
      expect(design.behind(integration.properties.IntegrationUri).type).toBe('AWS::Lambda::Alias');
      expect(integration.metadata).toEqual(design.behind(integration.properties.IntegrationUri).metadata);
      return [properties.RouteKey, integration.metadata[FOLDER_MARK]];
    });
    expect(Object.fromEntries(routes)).toEqual(ROUTES);
  });

  it('limits everybody, and buttons more', () => {
    const { DefaultRouteSettings, RouteSettings } = stage!.properties;
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 4000 });
    for (const button of ['POST /api/pledges', 'POST /pay/{token}', 'POST /renew/{token}'])
      expect(RouteSettings[button]).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
  });

  it('logs nothing that tells who called or with which token (I9)', () => {
    const { Format } = stage!.properties.AccessLogSettings;
    const used = [...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);
    expect(used).toContain('routeKey');
    for (const name of used) expect(name).not.toMatch(/identity|path|query|authorizer|domain|header/i);
  });
});
