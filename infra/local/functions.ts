/** Loads the handlers into this process and invokes them the way Lambda does: JSON in, JSON out, with a time limit. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import type { Activity } from './activity.ts';
import type { FunctionResource } from './template/resources.ts';

export type Handler = (event: unknown, context: Context) => unknown;

export class FunctionTimedOut extends Error {
  override readonly name = 'Sandbox.Timedout';
}

export interface Functions {
  invoke(functionName: string, event: unknown): Promise<unknown>;
}

export interface FunctionsOptions {
  readonly resources: readonly FunctionResource[];
  readonly folder: string;
  readonly activity: Activity;
  readonly region: string;
  readonly account: string;
}

/** One process has one environment: functions may differ in what they get, not in what a name means. */
export function mergedEnvironment(resources: readonly FunctionResource[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const { folder, environment } of resources)
    for (const [name, value] of Object.entries(environment)) {
      if (name in merged && merged[name] !== value)
        throw new Error(`${folder} wants ${name} with another value than a function before it`);
      merged[name] = value;
    }
  return merged;
}

export async function loadFunctions(options: FunctionsOptions): Promise<Functions> {
  const loaded = await Promise.all(
    options.resources.map(
      async (resource) => [resource.name, { resource, handler: await loadHandler(resource, options) }] as const,
    ),
  );
  const byName = new Map(loaded);
  return {
    async invoke(functionName, event) {
      const found = byName.get(functionName);
      if (!found) throw new Error(`the template defines no function ${functionName}`);
      const { resource, handler } = found;
      return options.activity.during(() => run(resource, handler, event, options));
    },
  };
}

async function loadHandler({ folder }: FunctionResource, options: FunctionsOptions): Promise<Handler> {
  const file = resolve(options.folder, folder, 'handler.ts');
  if (!existsSync(file)) throw new Error(`the template has a function ${folder}, but there is no ${file}`);
  const { handler } = (await import(pathToFileURL(file).href)) as { handler?: Handler };
  if (typeof handler !== 'function') throw new Error(`${file} exports no handler`);
  return handler;
}

async function run(resource: FunctionResource, handler: Handler, event: unknown, options: FunctionsOptions) {
  const deadline = Date.now() + resource.timeoutSeconds * 1000;
  const context = contextOf(resource, deadline, options);
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    const error = new FunctionTimedOut(`${resource.folder} ran longer than ${resource.timeoutSeconds} s`);
    timer = setTimeout(() => reject(error), deadline - Date.now());
  });
  try {
    const result = await Promise.race([handler(copyOf(event), context), timedOut]);
    return copyOf(result);
  } finally {
    clearTimeout(timer);
  }
}

function copyOf(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function contextOf(resource: FunctionResource, deadline: number, { region, account }: FunctionsOptions): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: resource.name,
    functionVersion: '1',
    invokedFunctionArn: `arn:aws:lambda:${region}:${account}:function:${resource.name}:live`,
    memoryLimitInMB: String(resource.memoryMegabytes),
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${resource.name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
