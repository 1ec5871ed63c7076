/** A gateway's API over HTTP: one polite question at a time, with whichever of our keys it takes. */
import { Transient } from '../errors.ts';
import { isJsonObject, type JsonObject, readText } from '../gateways/message-bytes.ts';
import { type Pace, pace as paceOf } from './pace.ts';

export interface StatusApiOptions {
  /** For messages to people: `Midtrans`. */
  readonly name: string;
  readonly address: string;
  /** The first is current. None: nothing is sent. */
  readonly keys: readonly string[];
  /** The header of a key; as the user of basic authentication unless given. */
  readonly authorize?: (key: string) => string;
  readonly fetch?: typeof fetch;
  readonly timeoutSeconds?: number;
  readonly pace?: Pace;
}

export interface StatusAnswer {
  readonly code: number;
  /** A list is found under `data`. */
  readonly body: JsonObject | undefined;
}

export interface StatusApi {
  /** @throws Transient `status_unavailable` where it cannot be reached, is too busy, or takes none of our keys */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<StatusAnswer>;
  /** As `get`; the caller sees to it that asking twice is harmless. */
  post(
    path: string,
    document: JsonObject | URLSearchParams,
    headers?: Readonly<Record<string, string>>,
  ): Promise<StatusAnswer>;
  unavailable(detail: string): Transient;
}

/** Two of them fit the minute a batch of payments has. */
const DEFAULT_TIMEOUT_SECONDS = 10;
const UNAUTHORIZED = 401;
const TOO_MANY_REQUESTS = 429;
/** Who is asked to wait longer than this is tried again from the queue. */
const LONGEST_PAUSE_SECONDS = 60;
const DEFAULT_PAUSE_SECONDS = 2;

export function statusApi(options: StatusApiOptions): StatusApi {
  const { name, keys, pace = paceOf() } = options;
  const unavailable = (detail: string) => new Transient('status_unavailable', { detail: `${name} API: ${detail}` });

  async function ask(question: Question, key: string | undefined) {
    const response = await pace.run(() => request(options, question, key));
    if (response.code !== TOO_MANY_REQUESTS) return response;
    pace.pause(response.retryAfterSeconds * 1000);
    throw unavailable(`asks for ${response.retryAfterSeconds} s of rest`);
  }

  async function askWithOurKeys(question: Question): Promise<StatusAnswer> {
    for (const key of keys.length > 0 ? keys : [undefined]) {
      const answer = await ask(question, key);
      // A key that was just replaced is refused; the previous one may still be the valid one.
      if (answer.code !== UNAUTHORIZED) return answer;
    }
    throw unavailable('our keys are refused');
  }

  return {
    unavailable,
    get: (path, headers = {}) => askWithOurKeys({ path, headers }),
    post: (path, document, headers = {}) => askWithOurKeys({ path, headers, document }),
  };
}

interface Question {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent, where there is one. */
  readonly document?: JsonObject | URLSearchParams;
}

function isForm(document: JsonObject | URLSearchParams): document is URLSearchParams {
  return document instanceof URLSearchParams;
}

/** The user of basic authentication, without a password. */
function asUser(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

async function request(
  { address, fetch: fetchUrl = fetch, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, authorize = asUser }: StatusApiOptions,
  { path, headers, document }: Question,
  key: string | undefined,
): Promise<StatusAnswer & { readonly retryAfterSeconds: number }> {
  const authorization = key === undefined ? {} : { authorization: authorize(key) };
  try {
    const response = await fetchUrl(`${address.replace(/\/+$/, '')}${path}`, {
      ...(document ? { method: 'POST', body: isForm(document) ? document : JSON.stringify(document) } : {}),
      headers: {
        accept: 'application/json',
        ...(document && !isForm(document) ? { 'content-type': 'application/json' } : {}),
        ...authorization,
        ...headers,
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const body = readBody(new Uint8Array(await response.arrayBuffer()));
    return { code: codeOf(response.status, body), body, retryAfterSeconds: retryAfterSeconds(response.headers) };
  } catch (cause) {
    throw new Transient('status_unavailable', { cause });
  }
}

function readBody(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(readText(bytes) ?? '');
    if (Array.isArray(value)) return { data: value };
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Midtrans tells some failures as HTTP 200 with the real code in the body; a transaction's own code is no failure. */
function codeOf(httpStatus: number, body: JsonObject | undefined): number {
  if (httpStatus !== 200 || typeof body?.status_code !== 'string' || body.transaction_status !== undefined)
    return httpStatus;
  return Number(body.status_code);
}

/** In seconds: the usual header, or Xendit's own. */
function retryAfterSeconds(headers: Headers): number {
  const asked = Number(headers.get('retry-after') ?? headers.get('rate-limit-reset') ?? DEFAULT_PAUSE_SECONDS);
  return Number.isFinite(asked) && asked > 0 ? Math.min(asked, LONGEST_PAUSE_SECONDS) : DEFAULT_PAUSE_SECONDS;
}
