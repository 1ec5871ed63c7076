/**
 * Stack of the functions a state machine calls. Retry in the machine matches error names, so what leaves here is
 * always one of our classes: Permanent and InvariantBroken (no retry) or Transient (retried with back-off).
 * Duplicate is success: the work was done by an earlier try.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { Duplicate, InvariantBroken, Permanent, Transient } from '../errors.ts';
import { parseContract } from '../parse.ts';
import { observe } from './observe.ts';

export interface TaskOptions<Input, Output> {
  readonly schema: z.ZodType<Input>;
  readonly handle: (input: Input, context: Context) => Promise<Output>;
  readonly log: Logger;
}

export interface AlreadyDone {
  readonly alreadyDone: true;
}

export function taskHandler<Input, Output>({ schema, handle, log }: TaskOptions<Input, Output>) {
  return middy<unknown, Output | AlreadyDone>()
    .use(observe(log))
    .handler(async (event: unknown, context: Context) => {
      try {
        return await handle(parseContract(schema, event), context);
      } catch (error) {
        if (error instanceof Duplicate) return { alreadyDone: true } as const;
        throw classified(error);
      }
    });
}

/** Any error as one of our classes; what nobody foresaw is tried again, and its message stays behind (I9). */
export function classified(error: unknown): Permanent | Transient | InvariantBroken {
  if (error instanceof Permanent || error instanceof Transient || error instanceof InvariantBroken) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new Transient('unexpected_failure', { detail: `unexpected ${name}`, cause: error });
}
