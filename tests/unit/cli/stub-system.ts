/** A system that answers what it is told to, and remembers what it was asked. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answers = Readonly<Record<string, unknown>>;

export interface StubSystem {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** A status other than 200, given instead of a document. */
export class Status {
  readonly status: number;
  readonly document: unknown;
  constructor(status: number, document: unknown = { title: `status ${status}` }) {
    this.status = status;
    this.document = document;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Answers by `METHOD /path`, the query left out; a function is asked anew each time. Anything else is 404. */
export async function startStub(answers: Answers): Promise<StubSystem> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const method = request.method ?? '';
    const path = request.url ?? '';
    asked.push({ method, path, headers: request.headers, body: await bodyOf(request) });
    const known = answers[`${method} ${path.split('?')[0]}`] ?? new Status(404, { title: 'Not found.' });
    const answer = typeof known === 'function' ? known(asked.at(-1)) : known;
    const status = answer instanceof Status ? answer.status : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer instanceof Status ? answer.document : answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
