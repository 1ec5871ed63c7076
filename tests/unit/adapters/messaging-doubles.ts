/** Providers on this machine: they keep what they are sent and answer as a test says. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Double {
  readonly url: string;
  readonly asked: Asked[];
  /** In order; the last goes on being given. `null`: the connection is cut after the request was read. */
  answers: ({ readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> } | null)[];
  close(): Promise<void>;
}

export async function startDouble(): Promise<Double> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    const answer = double.answers.length > 1 ? double.answers.shift() : double.answers[0];
    if (!answer) return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const double: Double = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return double;
}
