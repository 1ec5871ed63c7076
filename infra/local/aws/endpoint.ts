/** The one address every AWS client of the functions talks to. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen } from '../listen.ts';
import type { ObjectService } from './object-service.ts';
import { type Service, type ServiceAnswer, ServiceError } from './service.ts';

/** By the part of `x-amz-target` before the dot. */
export type Services = Readonly<Record<string, Service>>;

export interface Endpoint {
  readonly url: string;
  /** Before it is given its services, it answers 503, which the SDKs take as a reason to try again. */
  serve(services: Services, objects?: ObjectService): void;
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
    const isObject = request.headers['x-amz-target'] === undefined && objects !== undefined;
    if (!isObject || !(await objects(request, response))) write(response, await respond(services, request));
  } catch (error) {
    console.error(`${request.method} of an object failed:`, error);
    if (response.headersSent) response.destroy();
    else write(response, failure(500, 'InternalFailure', 'the embedded engine failed; see its log'));
  }
}

async function respond(services: Services | undefined, request: IncomingMessage): Promise<ServiceAnswer> {
  if (!services) return failure(503, 'ServiceUnavailable', 'the engine is starting');
  const target = String(request.headers['x-amz-target'] ?? '');
  const [prefix = '', action = ''] = target.split('.');
  const operation = services[prefix]?.[action];
  if (!operation)
    return failure(
      400,
      'UnknownOperationException',
      `the embedded engine has no local ${target || 'service without x-amz-target'}`,
    );
  try {
    return await operation(JSON.parse((await bodyOf(request)) || '{}'));
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

function write(response: ServerResponse, { status, body, headers = {} }: ServiceAnswer): void {
  response.writeHead(status, { 'content-type': JSON_TYPE, 'x-amzn-requestid': randomUUID(), ...headers });
  response.end(JSON.stringify(body));
}
