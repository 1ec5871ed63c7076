/** A client of the API as an operator's script would be written: nothing in it knows the product's code. */
import type {
  Cover,
  CoverLife,
  Donation,
  DonationLife,
  Nudge,
  Page,
  PledgeAnswer,
  ProblemDocument,
  Proof,
  QuarantineItem,
  QueueState,
  Stats,
  TrialBalance,
  Worker,
} from './contract.ts';

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Headers;
  readonly body: Body;
}

export interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const PATIENCE_MILLISECONDS = 60_000;

function bodyOf(text: string, contentType: string): unknown {
  if (!/json/.test(contentType)) return text;
  return text === '' ? null : JSON.parse(text);
}

export class Client {
  readonly url: string;
  readonly token: string;

  constructor(url: string, token: string) {
    this.url = url.replace(/\/$/, '');
    this.token = token;
  }

  /** Sends exactly this and hands back whatever came. */
  async request<Body = unknown>(method: string, path: string, parts: RequestParts = {}): Promise<Answer<Body>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...parts.headers },
      ...(parts.body === undefined ? {} : { body: parts.body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    const contentType = response.headers.get('content-type') ?? '';
    const body = bodyOf(await response.text(), contentType) as Body;
    return { status: response.status, contentType, headers: response.headers, body };
  }

  /** As an operator; a document goes as JSON. */
  async operate<Body = unknown>(method: string, path: string, document?: unknown): Promise<Answer<Body>> {
    const headers = { authorization: `Bearer ${this.token}` };
    if (document === undefined) return this.request(method, path, { headers });
    const body = JSON.stringify(document);
    return this.request(method, path, { headers: { ...headers, 'content-type': 'application/json' }, body });
  }

  /** What must succeed. */
  async must<Body>(method: string, path: string, document?: unknown): Promise<Body> {
    const answer = await this.operate<Body>(method, path, document);
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async list<Item>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const search: URLSearchParams = new URLSearchParams({ ...query, ...(cursor === null ? {} : { cursor }) });
      const page: Page<Item> = await this.must('GET', `${path}?${search}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  }

  donations(query: Readonly<Record<string, string>> = {}): Promise<Donation[]> {
    return this.list('/api/donations', query);
  }

  /** The one donation of a payment. */
  async donationOf(gateway: string, paymentId: string): Promise<DonationLife> {
    const found = await this.donations({ gateway, paymentId });
    if (found.length !== 1) throw new Error(`${found.length} donations of ${gateway} ${paymentId}`);
    return this.must('GET', `/api/donations/${found[0]?.donationId}`);
  }

  covers(query: Readonly<Record<string, string>> = {}): Promise<Cover[]> {
    return this.list('/api/covers', query);
  }

  cover(coverId: string): Promise<CoverLife> {
    return this.must('GET', `/api/covers/${coverId}`);
  }

  nudges(coverId: string): Promise<Nudge[]> {
    return this.list('/api/nudges', { coverId });
  }

  workers(query: Readonly<Record<string, string>> = {}): Promise<Worker[]> {
    return this.list('/api/workers', query);
  }

  quarantine(): Promise<QuarantineItem[]> {
    return this.list('/api/quarantine');
  }

  queues(): Promise<QueueState[]> {
    return this.list('/api/queues');
  }

  trialBalance(): Promise<TrialBalance> {
    return this.must('GET', '/api/ledger/trial-balance');
  }

  prove(): Promise<Proof> {
    return this.must('POST', '/api/proofs');
  }

  stats(): Promise<Stats> {
    return this.must('GET', '/api/stats');
  }

  /** Anybody may pledge, so no token is sent. */
  pledge<Body = PledgeAnswer & Partial<ProblemDocument>>(document: unknown): Promise<Answer<Body>> {
    const headers = { 'content-type': 'application/json' };
    return this.request('POST', '/api/pledges', { headers, body: JSON.stringify(document) });
  }
}
