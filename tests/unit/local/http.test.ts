/** Requests as a gateway sends them, over a real socket, and what a function sees of them. */
import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpServer } from '../../../infra/local/http/server.ts';
import { close, listen } from '../../../infra/local/listen.ts';

let seen: APIGatewayProxyEventV2;
let answer: unknown;
let port: number;

const server = httpServer({
  routes: [{ routeKey: 'POST /webhooks/{proxy+}', functionName: 'receive-webhook' }],
  functions: {
    invoke: async (_, event) => {
      seen = event as APIGatewayProxyEventV2;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  },
  local: async (_request, response) => void response.end('local'),
  now: () => Date.parse('2026-12-01T08:00:00+07:00'),
  account: '000000000000',
});

beforeAll(async () => {
  port = await listen(server, 0, 0);
});
afterAll(() => close(server));

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

function post(path: string, body: Buffer | string, headers: Record<string, string | string[]> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', path, method: 'POST', headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
    });
    call.on('error', reject);
    call.end(body);
  });
}

function exactBytes({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

describe('the event of a request', () => {
  it('has lower-case headers, the raw path and query, and the route', async () => {
    answer = { statusCode: 200 };
    await post('/webhooks/partner/kitabisa?b=1&a=x%20y&b=2', '{"a":1}', {
      'Content-Type': 'application/json',
      'X-Signature': ['one', 'two'],
      Cookie: 'a=1; b=2',
    });
    expect(seen).toMatchObject({
      version: '2.0',
      routeKey: 'POST /webhooks/{proxy+}',
      rawPath: '/webhooks/partner/kitabisa',
      rawQueryString: 'b=1&a=x%20y&b=2',
      queryStringParameters: { b: '1,2', a: 'x y' },
      pathParameters: { proxy: 'partner/kitabisa' },
      cookies: ['a=1', 'b=2'],
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        http: { method: 'POST', path: '/webhooks/partner/kitabisa', sourceIp: '127.0.0.1' },
        stage: '$default',
        time: '01/Dec/2026:01:00:00 +0000',
        timeEpoch: Date.parse('2026-12-01T01:00:00Z'),
      },
    });
    expect(seen.headers).toMatchObject({ 'x-signature': 'one,two', 'content-type': 'application/json' });
    expect(seen.headers).not.toHaveProperty('cookie');
  });

  it.each([
    ['text', 'application/json; charset=utf-8', Buffer.from('{"nama":"Siti é 😀"}'), false],
    ['a form', 'application/x-www-form-urlencoded', Buffer.from('a=1&b=2'), true],
    ['an image', 'image/png', Buffer.from([0x89, 0x50, 0, 0xff]), true],
    ['text that is no UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0xfe, 0x22]), true],
    ['text with a byte order mark', 'text/csv', Buffer.from([0xef, 0xbb, 0xbf, 0x61]), false],
    ['text of no type', undefined, Buffer.from('hello\r\n'), false],
  ])('keeps every byte of %s', async (_, type, body, base64) => {
    answer = { statusCode: 200 };
    await post('/webhooks/x', body, type === undefined ? {} : { 'content-type': type });
    expect(seen.isBase64Encoded).toBe(base64);
    expect(exactBytes(seen)).toEqual(body);
  });
});

describe('the answer', () => {
  it('is what the function returned', async () => {
    answer = { statusCode: 202, headers: { 'X-A': 1 }, cookies: ['a=1', 'b=2'], body: 'aGk=', isBase64Encoded: true };
    const reply = await post('/webhooks/x', '');
    expect(reply).toMatchObject({ status: 202, body: 'hi', headers: { 'x-a': '1', 'set-cookie': ['a=1', 'b=2'] } });
  });

  it('is JSON where the function gave no status', async () => {
    answer = { ok: true };
    expect(await post('/webhooks/x', '')).toMatchObject({ status: 200, body: '{"ok":true}' });
  });

  it('is 500 where the function failed, 404 where there is no route, 413 over 6 MiB', async () => {
    answer = new Error('boom');
    const complain = console.error;
    console.error = () => undefined;
    expect(await post('/webhooks/x', '')).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
    console.error = complain;
    expect(await post('/nowhere', '')).toMatchObject({ status: 404 });
    expect(await post('/webhooks/x', Buffer.alloc(20 * 1024 * 1024))).toMatchObject({ status: 413 });
  });
});
