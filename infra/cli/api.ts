/** The running system as seen over HTTP: no command knows another way in. */
export interface Target {
  readonly url: string;
  readonly operatorToken: string | null;
}

export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly reason?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly field?: string; readonly detail?: string; readonly reason?: string }[];
}

/** The system answered, and the answer was no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem, what: string) {
    super(`${what}: ${status} ${problem.detail ?? problem.title ?? ''}`.trimEnd());
    this.status = status;
    this.problem = problem;
  }
}

/** Nobody answered. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  readonly text?: { readonly contentType: string; readonly body: string };
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Page<Item = Record<string, unknown>> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

function addressOf(target: Target, path: string, query: RequestOptions['query'] = {}): string {
  const address = new URL(target.url.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address.href;
}

/** Sends exactly these bytes and hands back whatever came, good or bad. */
export async function send(
  address: string,
  request: { method: string; headers: Record<string, string>; body?: string },
): Promise<Answer> {
  try {
    const response = await fetch(address, { ...request, redirect: 'manual' });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Unreachable(`${new URL(address).origin} does not answer (${cause})`);
  }
}

export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function problemOf(body: string): Problem {
  const document = parsed(body);
  return typeof document === 'object' && document !== null ? document : {};
}

/** @throws Refusal where the answer is not 2xx, Unreachable where there is none */
export async function call<Result = Record<string, unknown>>(
  target: Target,
  method: 'GET' | 'POST',
  path: string,
  { query, json, text }: RequestOptions = {},
): Promise<Result> {
  const body = text?.body ?? (json === undefined ? undefined : JSON.stringify(json));
  const contentType = text?.contentType ?? (json === undefined ? undefined : 'application/json');
  const answer = await send(addressOf(target, path, query), {
    method,
    headers: {
      accept: 'application/json',
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(target.operatorToken === null ? {} : { authorization: `Bearer ${target.operatorToken}` }),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status < 200 || answer.status > 299) {
    throw new Refusal(answer.status, problemOf(answer.body), `${method} ${path}`);
  }
  return (answer.body === '' ? {} : parsed(answer.body)) as Result;
}

/** Every item of a list, page by page. */
export async function listAll<Item = Record<string, unknown>>(
  target: Target,
  path: string,
  query: RequestOptions['query'] = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await call<Page<Item>>(target, 'GET', path, {
      query: { limit: 100, ...query, ...(cursor === undefined ? {} : { cursor }) },
    });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

interface ClockAnswer {
  readonly now: string;
}

/** The time of the running system; null where it shows no clock (a deployed stack keeps real time). */
export async function systemTime(target: Target): Promise<number | null> {
  try {
    const { now } = await call<ClockAnswer>(target, 'GET', '/local/clock');
    return Date.parse(now);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
