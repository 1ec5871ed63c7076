/** Requests and answers in the shape of API Gateway's HTTP API, payload format 2.0. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { MatchedRoute } from './routes.ts';

/** Bodies of these types travel as text, all others as base64. */
const TEXT_TYPE = /^(text\/|application\/(json|javascript|xml)\b|application\/[^;]+\+(json|xml)\b)/i;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface RequestParts {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly route: MatchedRoute;
  readonly nowMilliseconds: number;
  readonly account: string;
}

export function apiEvent(parts: RequestParts): APIGatewayProxyEventV2 {
  const { request, body, route } = parts;
  const { rawPath, rawQueryString } = splitUrl(request.url ?? '/');
  const headers = headersOf(request);
  const cookies = request.headers.cookie?.split('; ');
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies ? { cookies } : {}),
    headers,
    ...queryOf(rawQueryString),
    requestContext: requestContext(parts, rawPath, headers),
    ...bodyOf(body, headers['content-type']),
    ...(Object.keys(route.pathParameters).length > 0 ? { pathParameters: { ...route.pathParameters } } : {}),
    isBase64Encoded: body.length > 0 && !isText(body, headers['content-type']),
  };
}

function requestContext(
  { request, route, nowMilliseconds, account }: RequestParts,
  path: string,
  headers: Record<string, string>,
): APIGatewayProxyEventV2['requestContext'] {
  const domainName = headers.host ?? 'localhost';
  return {
    accountId: account,
    apiId: 'local',
    domainName,
    domainPrefix: domainName.split('.')[0] ?? domainName,
    http: {
      method: request.method ?? 'GET',
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey: route.routeKey,
    stage: '$default',
    time: accessLogTime(nowMilliseconds),
    timeEpoch: Math.floor(nowMilliseconds),
  };
}

export function splitUrl(url: string): { rawPath: string; rawQueryString: string } {
  const at = url.indexOf('?');
  if (at < 0) return { rawPath: url, rawQueryString: '' };
  return { rawPath: url.slice(0, at), rawQueryString: url.slice(at + 1) };
}

/** Names in lower case, repeated ones joined by a comma, cookies apart. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct))
    if (name !== 'cookie' && values) headers[name] = values.join(',');
  headers['x-forwarded-for'] ??= request.socket.remoteAddress ?? '127.0.0.1';
  headers['x-forwarded-proto'] ??= 'http';
  headers['x-forwarded-port'] ??= String(request.socket.localPort ?? '');
  return headers;
}

function queryOf(rawQueryString: string) {
  if (rawQueryString === '') return {};
  const queryStringParameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString))
    queryStringParameters[name] = name in queryStringParameters ? `${queryStringParameters[name]},${value}` : value;
  return { queryStringParameters };
}

function bodyOf(body: Buffer, contentType: string | undefined) {
  if (body.length === 0) return {};
  return { body: isText(body, contentType) ? body.toString('utf8') : body.toString('base64') };
}

/** Text only where decoding it again gives the very same bytes: signatures are made over bytes. */
function isText(body: Buffer, contentType: string | undefined): boolean {
  return TEXT_TYPE.test(contentType ?? 'text/plain') && Buffer.from(body.toString('utf8'), 'utf8').equals(body);
}

function accessLogTime(milliseconds: number): string {
  const [day, time] = new Date(milliseconds).toISOString().split('T') as [string, string];
  const [year, month, date] = day.split('-');
  return `${date}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}

/** What a function returned, as API Gateway sends it on: without a status code it is a JSON body. */
export function writeAnswer(response: ServerResponse, result: unknown): void {
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = structured(result);
  response.statusCode = statusCode ?? 200;
  if (body !== '') response.setHeader('content-type', 'text/plain; charset=utf-8');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
}

function structured(result: unknown): APIGatewayProxyStructuredResultV2 {
  if (typeof result === 'object' && result !== null && 'statusCode' in result)
    return result as APIGatewayProxyStructuredResultV2;
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
}
