/**
 * The part of every stack that sees all invocations: request context on each log line, one line for an invocation that
 * failed. It decides nothing; the stacks of this folder do.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import { errorFields } from '../logger.ts';

export function observe(logger: Logger): MiddlewareObj<unknown, unknown> {
  return {
    before: ({ context }) => {
      logger.addContext(context);
    },
    onError: ({ error }) => {
      logger.error('invocation failed', errorFields(error));
    },
  };
}
