/**
 * Stack of the functions a schedule starts. The event says nothing they rely on: what is due is read from rows and
 * the injected clock, so a missed or doubled start is harmless (I8). A failure leaves as one of our classes and the
 * scheduler starts the function again.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { Duplicate } from '../errors.ts';
import { observe } from './observe.ts';
import { type AlreadyDone, classified } from './task.ts';

export interface ScheduleOptions<Output> {
  readonly handle: (event: unknown, context: Context) => Promise<Output>;
  readonly log: Logger;
}

export function scheduleHandler<Output>({ handle, log }: ScheduleOptions<Output>) {
  return middy<unknown, Output | AlreadyDone>()
    .use(observe(log))
    .handler(async (event: unknown, context: Context) => {
      try {
        return await handle(event, context);
      } catch (error) {
        if (error instanceof Duplicate) return { alreadyDone: true } as const;
        throw classified(error);
      }
    });
}
