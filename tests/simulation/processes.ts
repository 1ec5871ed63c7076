/** Each invocation is a process of its own, which may die between any two awaits; the dead do nothing more. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';
import type { Release } from './releases.ts';

export interface Process {
  isDead: boolean;
  readonly release: Release;
}

export class Died extends Error {
  override readonly name = 'Lambda.Unknown';
}

export type Handler = (event: never, context: Context) => Promise<unknown>;

const CONTEXT = {
  functionName: 'simulated',
  awsRequestId: 'request',
  getRemainingTimeInMillis: () => 60_000,
} as unknown as Context;

const storage = new AsyncLocalStorage<Process>();

export function presentProcess(): Process | undefined {
  return storage.getStore();
}

/** @throws Died where nobody hears the answer */
export async function invoke<Output>(handler: Handler, event: unknown, release: Release): Promise<Output> {
  const process: Process = { isDead: false, release };
  try {
    const answer = await storage.run(process, () => handler(event as never, CONTEXT));
    if (process.isDead) throw new Died('the process died on the way');
    return answer as Output;
  } catch (error) {
    throw process.isDead ? new Died('the process died on the way') : error;
  }
}
