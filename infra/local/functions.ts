/** Loads the handlers into this process and invokes them the way Lambda does: JSON in, JSON out, with a time limit. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Activity } from './activity.ts';
import { type Call, loadHandler } from './handlers.ts';
import type { FunctionResource } from './template/resources.ts';
import type { FunctionThread } from './thread/function-thread.ts';

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
  /** Where a function runs that nobody waits for at the door; in this thread without one. */
  readonly thread?: FunctionThread | undefined;
  /** Names of the functions behind routes. */
  readonly atTheDoor?: ReadonlySet<string>;
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

/** The door's are ready when this returns; those of the thread are loaded meanwhile, and a call waits for its own. */
export async function loadFunctions(options: FunctionsOptions): Promise<Functions> {
  const { thread, atTheDoor, resources } = options;
  const files = resources.map((resource) => ({ resource, file: fileOf(resource, options) }));
  const isHere = ({ name }: FunctionResource) => !thread || atTheDoor?.has(name);
  const here = files.filter(({ resource }) => isHere(resource));
  const loaded = await Promise.all(
    here.map(async ({ resource, file }) => ({ resource, call: await loadHandler(file) })),
  );
  for (const { resource, file } of files)
    if (thread && !isHere(resource)) loaded.push({ resource, call: thread.load(file) });
  const byName = new Map(loaded.map((each) => [each.resource.name, each]));
  return {
    async invoke(functionName, event) {
      const found = byName.get(functionName);
      if (!found) throw new Error(`the template defines no function ${functionName}`);
      const { resource, call } = found;
      return options.activity.during(() => run(resource, call, event, options));
    },
  };
}

function fileOf({ folder }: FunctionResource, options: FunctionsOptions): string {
  const file = resolve(options.folder, folder, 'handler.ts');
  if (!existsSync(file)) throw new Error(`the template has a function ${folder}, but there is no ${file}`);
  return file;
}

async function run(resource: FunctionResource, call: Call, event: unknown, options: FunctionsOptions) {
  const { region, account } = options;
  const milliseconds = resource.timeoutSeconds * 1000;
  const context = {
    functionName: resource.name,
    functionArn: `arn:aws:lambda:${region}:${account}:function:${resource.name}:live`,
    memoryMegabytes: resource.memoryMegabytes,
    requestId: randomUUID(),
    deadlineMilliseconds: Date.now() + milliseconds,
  };
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    const error = () => new FunctionTimedOut(`${resource.folder} ran longer than ${resource.timeoutSeconds} s`);
    timer = setTimeout(() => reject(error()), milliseconds);
  });
  try {
    return JSON.parse(await Promise.race([call(JSON.stringify(event ?? null), context), timedOut]));
  } finally {
    clearTimeout(timer);
  }
}
