/**
 * Stack of the functions behind the HTTP API.
 *
 * | what the function does            | what the caller gets                                     |
 * | --------------------------------- | -------------------------------------------------------- |
 * | returns                           | that, with `x-request-id`                                |
 * | throws Permanent                  | 4xx problem document naming the field                    |
 * | throws Duplicate                  | 409 problem document                                     |
 * | throws Transient                  | 503 problem document, `retry-after`                      |
 * | throws anything else              | 500 problem document that says nothing but the request id |
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { errorFields } from '../logger.ts';
import { PROBLEM_CONTENT_TYPE, problemOf } from '../problem.ts';

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface HttpOptions {
  readonly handle: HttpHandler;
  readonly log: Logger;
}

const RETRY_AFTER_SECONDS = '5';

/** The answer to a failed request; also for routers that catch errors themselves. */
export function problemResponse(error: unknown, requestId?: string): APIGatewayProxyStructuredResultV2 {
  const problem = problemOf(error, requestId);
  return {
    statusCode: problem.status,
    headers: {
      'content-type': PROBLEM_CONTENT_TYPE,
      ...(problem.status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    },
    body: JSON.stringify(problem),
  };
}

function requestIdOf(event: APIGatewayProxyEventV2, context: Context): string | undefined {
  return event.requestContext?.requestId ?? context?.awsRequestId;
}

export function httpHandler({ handle, log }: HttpOptions) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .before(({ context }) => log.addContext(context))
    .after(({ event, context, response }) => {
      const requestId = requestIdOf(event, context);
      if (response && requestId) response.headers = { 'x-request-id': requestId, ...response.headers };
    })
    .onError(({ event, context, error }) => {
      const requestId = requestIdOf(event, context);
      const response = problemResponse(error, requestId);
      const level = response.statusCode === 500 ? 'error' : 'info';
      log[level]('request refused', { status: response.statusCode, ...errorFields(error) });
      return { ...response, headers: { ...response.headers, ...(requestId ? { 'x-request-id': requestId } : {}) } };
    })
    .handler(handle);
}
