/** The one address every AWS client of the functions talks to. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen } from '../listen.ts';
import type { Ask, DirectAnswer } from './direct-calls.ts';
import type { ObjectService } from './object-service.ts';
import { type Service, type ServiceAnswer, ServiceError } from './service.ts';

/** By the part of `x-amz-target` before the dot. */
export type Services = Readonly<Record<string, Service>>;

export interface Endpoint {
  readonly url: string;
  /** Before it is given its services, it answers 503, which the SDKs take as a reason to try again. */
  serve(services: Services, objects?: ObjectService): void;
  /** The same answer without a connection; objects have addresses and are asked for over HTTP. */
  readonly ask: Ask;
  close(): Promise<void>;
}

const JSON_TYPE = 'application/x-amz-json-1.0';

export async function openEndpoint(preferredPort: number): Promise<Endpoint> {
  let services: Services | undefined;
  let objects: ObjectService | undefined;
  const server = createServer((request, response) => {
    void answer({ services, objects }, request, response);
  });
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, preferredPort, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    serve(given, store) {
      [services, objects] = [given, store];
    },
    ask: async (target, body) => wire(await respond(services, target, body)),
    close: () => close(server),
  };
}

interface Answering {
  readonly services: Services | undefined;
  readonly objects: ObjectService | undefined;
}

async function answer(
  { services, objects }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    // Objects have addresses; everything else is a call with a target.
    const target = request.headers['x-amz-target'];
    const isObject = target === undefined && objects !== undefined;
    if (!isObject || !(await objects(request, response)))
      write(response, await respond(services, String(target ?? ''), await bodyOf(request)));
  } catch (error) {
    console.error(`${request.method} of an object failed:`, error);
    if (response.headersSent) response.destroy();
    else write(response, failure(500, 'InternalFailure', 'the embedded engine failed; see its log'));
  }
}

async function respond(services: Services | undefined, target: string, body: string): Promise<ServiceAnswer> {
  if (!services) return failure(503, 'ServiceUnavailable', 'the engine is starting');
  const [prefix = '', action = ''] = target.split('.');
  const operation = services[prefix]?.[action];
  if (!operation)
    return failure(
      400,
      'UnknownOperationException',
      `the embedded engine has no local ${target || 'service without x-amz-target'}`,
    );
  try {
    return await operation(JSON.parse(body || '{}'));
  } catch (error) {
    if (error instanceof ServiceError) return failure(400, error.code, error.message);
    console.error(`${target} failed:`, error);
    return failure(500, 'InternalFailure', 'the embedded engine failed; see its log');
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function failure(status: number, code: string, message: string): ServiceAnswer {
  return { status, body: { __type: code, message }, headers: { 'x-amzn-errortype': code } };
}

function wire({ status, body, headers = {} }: ServiceAnswer): DirectAnswer {
  const all = { 'content-type': JSON_TYPE, 'x-amzn-requestid': randomUUID(), ...headers };
  return { status, headers: all, body: JSON.stringify(body) };
}

function write(response: ServerResponse, answer: ServiceAnswer): void {
  const { status, headers, body } = wire(answer);
  response.writeHead(status, headers);
  response.end(body);
}
