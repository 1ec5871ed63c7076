/** Handlers, and a call of one the way Lambda makes it: JSON in, JSON out. */
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';

export type Handler = (event: unknown, context: Context) => unknown;

/** What of a context is told from one thread to another. */
export interface CallContext {
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
  readonly requestId: string;
  /** Real time. */
  readonly deadlineMilliseconds: number;
}

/** A function, in whichever thread it runs: takes and gives JSON. */
export type Call = (event: string, context: CallContext) => Promise<string>;

export async function loadHandler(file: string): Promise<Call> {
  const { handler } = (await import(pathToFileURL(file).href)) as { handler?: Handler };
  if (typeof handler !== 'function') throw new Error(`${file} exports no handler`);
  return async (event, context) => JSON.stringify((await handler(JSON.parse(event), contextOf(context))) ?? null);
}

function contextOf(context: CallContext): Context {
  const { functionName, functionArn, memoryMegabytes, requestId, deadlineMilliseconds } = context;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '1',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMegabytes),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadlineMilliseconds - Date.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
