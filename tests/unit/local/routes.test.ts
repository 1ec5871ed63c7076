import { describe, expect, it } from 'vitest';
import { routeFinder } from '../../../infra/local/http/routes.ts';

const find = routeFinder(
  ['ANY /api/{proxy+}', 'POST /api/pledges', 'POST /webhooks/{proxy+}', 'GET /d/{token}', 'GET /'].map((routeKey) => ({
    routeKey,
    functionName: routeKey,
  })),
);
const found = (method: string, path: string) => find(method, path)?.routeKey;

describe('routes', () => {
  it('the most specific one wins', () => {
    expect(found('POST', '/api/pledges')).toBe('POST /api/pledges');
    expect(found('GET', '/api/pledges')).toBe('ANY /api/{proxy+}');
    expect(found('POST', '/api/pledges/1')).toBe('ANY /api/{proxy+}');
  });

  it('a greedy parameter takes the rest, but not nothing', () => {
    expect(find('POST', '/webhooks/partner/kita%20bisa')?.pathParameters).toEqual({ proxy: 'partner/kita bisa' });
    expect(found('POST', '/webhooks')).toBeUndefined();
    expect(found('POST', '/webhooks/')).toBeUndefined();
  });

  it('a parameter takes one segment', () => {
    expect(find('GET', '/d/abc')?.pathParameters).toEqual({ token: 'abc' });
    expect(found('GET', '/d/abc/d')).toBeUndefined();
    expect(found('GET', '/d/')).toBeUndefined();
  });

  it('knows the root and the method', () => {
    expect(found('GET', '/')).toBe('GET /');
    expect(found('POST', '/')).toBeUndefined();
    expect(found('DELETE', '/webhooks/midtrans')).toBeUndefined();
  });
});
