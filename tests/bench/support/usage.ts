/**
 * What each function asks of AWS while the engine runs it: invocations and their time, calls by service, units of the
 * tables. Functions run through a wrapper that says whose work it is; whatever that work calls is put on its account.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { join, resolve } from 'node:path';
import type { Context } from 'aws-lambda';
import { client } from '../../../shared/store/table-client.ts';

export interface Usage {
  invocations: number;
  milliseconds: number;
  readUnits: number;
  writeUnits: number;
  /** By the name the SDK sends: `AmazonSQS`, `DynamoDB_20120810`, `TrentService`, `secretsmanager`. */
  readonly calls: Map<string, number>;
}

export type UsageByFunction = Map<string, Usage>;

const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../../functions');
const VAULT_OUTBOX = 'OUTBOX';
const working = new AsyncLocalStorage<string>();
const byFunction: UsageByFunction = new Map();

function usageOf(folder: string): Usage {
  const known = byFunction.get(folder);
  if (known) return known;
  const made: Usage = { invocations: 0, milliseconds: 0, readUnits: 0, writeUnits: 0, calls: new Map() };
  byFunction.set(folder, made);
  return made;
}

type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** Called by the wrappers below. */
export function measured(folder: string, handler: Handler): Handler {
  return (event, context) =>
    working.run(folder, async () => {
      const started = performance.now();
      try {
        return await handler(event, context);
      } finally {
        const usage = usageOf(folder);
        usage.invocations += 1;
        usage.milliseconds += performance.now() - started;
      }
    });
}

/** A folder of functions like the product's, each going through `measured`. */
export function measuredFunctions(folder: string, names: readonly string[]): string {
  for (const name of names) {
    mkdirSync(join(folder, name), { recursive: true });
    const lines = [
      `import { handler as original } from '${join(FUNCTIONS_FOLDER, name, 'handler.ts')}';`,
      `import { measured } from '${import.meta.filename}';`,
      `export const handler = measured('${name}', original);`,
    ];
    writeFileSync(join(folder, name, 'handler.ts'), lines.join('\n'));
  }
  return folder;
}

export function startMeasuring(): void {
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest };
    const service = String(request.getHeader('x-amz-target') ?? '').split('.')[0] ?? '';
    const folder = working.getStore();
    if (folder === undefined || service === '') return;
    const { calls } = usageOf(folder);
    calls.set(service, (calls.get(service) ?? 0) + 1);
  });
  measureUnits();
}

interface Charge {
  readonly CapacityUnits?: number;
}
const WRITES = /^(Put|Update|Delete|TransactWrite|BatchWrite)/;

/** The outbox stands for the messaging provider, whose own price is another matter. */
function isOutbox(input: object): boolean {
  const { Item, Key } = input as { Item?: { pk?: unknown }; Key?: { pk?: unknown } };
  return Item?.pk === VAULT_OUTBOX || Key?.pk === VAULT_OUTBOX;
}

function measureUnits(): void {
  client().middlewareStack.add(
    (next, context) => async (args) => {
      const folder = working.getStore();
      if (folder === undefined || isOutbox(args.input)) return next(args);
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(args);
      const { ConsumedCapacity = [] } = result.output as { ConsumedCapacity?: Charge | Charge[] };
      const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      usageOf(folder)[WRITES.test(context.commandName ?? '') ? 'writeUnits' : 'readUnits'] += units;
      return result;
    },
    { step: 'initialize', name: 'measureUnits', priority: 'high' },
  );
}

/** What was used since the last time. */
export function takeUsage(): UsageByFunction {
  const taken = new Map(byFunction);
  byFunction.clear();
  return taken;
}
