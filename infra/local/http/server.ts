/** The system's address on this machine: the template's routes, and `/local/…` for whoever drives the engine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Functions } from '../functions.ts';
import type { RouteResource } from '../template/resources.ts';
import { apiEvent, splitUrl, writeAnswer } from './api-event.ts';
import { Lanes } from './lanes.ts';
import { type LocalRoutes, writeProblem } from './local-routes.ts';
import { routeFinder } from './routes.ts';

export interface HttpOptions {
  readonly routes: readonly RouteResource[];
  readonly functions: Functions;
  readonly local: LocalRoutes;
  readonly now: () => number;
  readonly account: string;
}

/** What a function may be sent. */
const LONGEST_BODY_BYTES = 6 * 1024 * 1024;
const REQUESTS_AT_ONCE = 64;

export function httpServer(options: HttpOptions): Server {
  const find = routeFinder(options.routes);
  const lanes = new Lanes(REQUESTS_AT_ONCE);
  const server = createServer((request, response) => {
    respond({ ...options, lanes }, find, request, response).catch((error) => {
      console.error(`${request.method} ${splitUrl(request.url ?? '').rawPath} failed:`, error);
      if (response.headersSent) response.destroy();
      else writeMessage(response, 500, 'Internal Server Error');
    });
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function respond(
  { functions, local, now, account, lanes }: HttpOptions & { readonly lanes: Lanes },
  find: ReturnType<typeof routeFinder>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { rawPath } = splitUrl(request.url ?? '/');
  const body = await bodyOf(request);
  if (!body) return writeProblem(response, 413, 'Content Too Large', 'a request may have 6 MiB at most');
  if (rawPath.startsWith('/local/')) return local(request, response, rawPath, body);
  const route = find(request.method ?? 'GET', rawPath);
  if (!route) return writeMessage(response, 404, 'Not Found');
  const answer = await lanes.during(() => {
    const event = apiEvent({ request, body, route, nowMilliseconds: now(), account });
    return functions.invoke(route.functionName, event);
  });
  writeAnswer(response, answer);
}

/** As API Gateway itself answers where no function did. */
function writeMessage(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}

/** Reads to the end in any case: who is cut off while sending never sees the answer. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= LONGEST_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length <= LONGEST_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}
