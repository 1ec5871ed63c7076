import { mkdtempSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localRoutes } from '../../../infra/local/http/local-routes.ts';
import { close, listen } from '../../../infra/local/listen.ts';
import { openSandbox } from '../../../infra/local/sandbox/sandbox.ts';

const START = Date.parse('2026-12-01T08:00:00+07:00');
let now = START;
let drained = 0;
const replies: object[] = [];
let port: number;

const sandbox = openSandbox(mkdtempSync(join(tmpdir(), 'lingkaran-sandbox-')));
const routes = localRoutes({
  now: () => now,
  speed: () => 0,
  advanceTo: async (milliseconds) => {
    now = milliseconds;
  },
  drain: async () => {
    drained += 1;
  },
  sandbox,
  outbox: {
    items: async () => [{ id: 'n1', channel: 'sms', text: 'Halo' }],
    reply: async (id, text, address) => {
      replies.push({ id, text, address });
      return id === 'n1' ? 200 : id === 'n2' ? 503 : null;
    },
  },
});
const server = createServer(async (incoming, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  await routes(incoming, response, incoming.url ?? '', Buffer.concat(chunks));
});

beforeAll(async () => {
  port = await listen(server, 0, 0);
});
beforeEach(() => {
  now = START;
});
afterAll(async () => {
  await close(server);
  sandbox.close();
});

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Record<string, unknown>;
}

function ask(method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        body: JSON.parse(text),
      });
    });
    call.on('error', reject).end(body);
  });
}
const move = (body: unknown) => ask('POST', '/local/clock', typeof body === 'string' ? body : JSON.stringify(body));

describe('/local', () => {
  it('shows the clock', async () => {
    expect(await ask('GET', '/local/clock')).toMatchObject({
      status: 200,
      body: { now: '2026-12-01T08:00:00.000+07:00', speed: 0 },
    });
  });

  it.each([
    [{ advanceTo: '2026-12-02T00:00:00Z' }, '2026-12-02T07:00:00.000+07:00'],
    [{ advanceBy: 'P30D' }, '2026-12-31T08:00:00.000+07:00'],
    [{ advanceBy: 'P3M' }, '2027-03-01T08:00:00.000+07:00'],
    [{ advanceBy: 'PT15M' }, '2026-12-01T08:15:00.000+07:00'],
  ])('moves the clock: %j', async (body, shown) => {
    expect(await move(body)).toMatchObject({ status: 200, body: { now: shown } });
  });

  it.each([
    [{ advanceBy: '30 days' }],
    [{ advanceTo: '2026-12-02' }],
    [{ advanceTo: 1 }],
    [{}],
    ['{'],
    [{ advance: 'P1D' }],
  ])('refuses %j', async (body) => {
    expect(await move(body)).toMatchObject({ status: 400, type: 'application/problem+json', body: { status: 400 } });
    expect(now).toBe(START);
  });

  it('does not go back', async () => {
    expect(await move({ advanceTo: '2026-11-30T00:00:00Z' })).toMatchObject({ status: 409 });
  });

  it('replies to a message of the outbox as the one who got it', async () => {
    const reply = (id: string, text: unknown) =>
      ask('POST', `/local/outbox/${id}/replies`, JSON.stringify({ text })).then(({ status }) => status);
    expect(await reply('n1', 'BERHENTI')).toBe(200);
    expect(replies).toEqual([{ id: 'n1', text: 'BERHENTI', address: `http://127.0.0.1:${port}` }]);
    expect(await reply('n2', 'BERHENTI')).toBe(502);
    expect(await reply('n3', 'BERHENTI')).toBe(404);
    expect(await reply('n1', '')).toBe(400);
  });

  it('drains, shows the outbox, and knows nothing else', async () => {
    expect(await ask('POST', '/local/drain')).toMatchObject({ status: 200 });
    expect(drained).toBe(1);
    expect(await ask('GET', '/local/outbox')).toMatchObject({
      body: { items: [{ id: 'n1', channel: 'sms' }], nextCursor: null },
    });
    expect(await ask('GET', '/local/nothing')).toMatchObject({ status: 404, type: 'application/problem+json' });
  });

  it('obeys no page of another site', async () => {
    const asked = (headers: Record<string, string>) => ask('POST', '/local/drain', '', headers);
    expect(await asked({ origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(await asked({ host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(await asked({ origin: `http://127.0.0.1:${port}` })).toMatchObject({ status: 200 });
    expect(await asked({ host: `localhost:${port}` })).toMatchObject({ status: 200 });
  });
});
