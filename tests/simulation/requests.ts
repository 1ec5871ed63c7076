/** Requests to the product's APIs, as people make them. */
import { Died } from './processes.ts';
import { OPERATOR } from './secrets.ts';
import type { World } from './world.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as it is where it is text, else as JSON. */
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

type Api = 'serveCampaigns' | 'serveOperators' | 'servePublic' | 'receiveReceipts';

/** @returns 502 where the process died on it: then nobody knows whether it happened */
export async function ask(world: World, api: Api, request: ApiRequest): Promise<ApiAnswer> {
  const { method, path, body, type = 'application/json' } = request;
  const own = api === 'serveOperators' || api === 'serveCampaigns' ? OPERATOR : {};
  const event = {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': type, accept: 'application/json', host: 'lingkaran.test', ...own, ...request.headers },
    pathParameters: { proxy: path.split('/').at(-1) },
    requestContext: { http: { method, path }, requestId: 'request' },
    body: typeof body === 'string' ? body : JSON.stringify(body ?? {}),
    isBase64Encoded: false,
  };
  try {
    const answer = await world.run<{ statusCode: number; body?: string }>(api, event);
    return { status: answer.statusCode, body: answer.body ?? '' };
  } catch (error) {
    if (!(error instanceof Died)) throw error;
    return { status: 502, body: '' };
  }
}

/** Asks until somebody answers, as people do. */
export async function askUntilAnswered(world: World, api: Api, request: ApiRequest): Promise<ApiAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask(world, api, request);
    if (answer.status < 500 || attempt === MOST_TRIES) return answer;
  }
}

const MOST_TRIES = 10;
