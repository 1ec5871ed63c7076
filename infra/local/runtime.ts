/** Puts the parts of the engine together: tables, queues, functions, executions, schedules, and the time they obey. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewaySecrets } from '../../shared/settings.ts';
import { Activity } from './activity.ts';
import { Alarms } from './alarms.ts';
import { type Endpoint, openEndpoint } from './aws/endpoint.ts';
import { executionService } from './aws/execution-service.ts';
import { keyService } from './aws/key-service.ts';
import { queueService } from './aws/queue-service.ts';
import { type Database, openDatabase } from './database.ts';
import { prepareEnvironment } from './environment.ts';
import { type Functions, loadFunctions } from './functions.ts';
import { Executions } from './lifecycle/executions.ts';
import { DelayedMessages } from './queues/delayed-messages.ts';
import { Poller } from './queues/poller.ts';
import { QueueStore } from './queues/queue-store.ts';
import { Schedules } from './schedules/schedules.ts';
import { readSecrets, type Secrets, secretService } from './secrets.ts';
import { StageClock } from './stage-clock.ts';
import { createTables } from './tables/create-tables.ts';
import { startTables, type TableServer } from './tables/dynoxide.ts';
import { localPlace, type Place } from './template/place.ts';
import type { LocalSystem } from './template/resources.ts';
import { describeSystem, functionNameIn } from './template/system.ts';
import type { Template } from './template/template.ts';
import { Timekeeper } from './timekeeper.ts';

export interface RuntimeOptions {
  readonly folder: string;
  readonly gateways: GatewaySecrets;
  readonly startMilliseconds: number;
  readonly speed: number;
  readonly template: () => Template | Promise<Template>;
  readonly functionsFolder: string;
}

export interface Runtime {
  readonly system: LocalSystem;
  readonly functions: Functions;
  readonly clock: StageClock;
  readonly timekeeper: Timekeeper;
  readonly tablesUrl: string;
  readonly account: string;
  readonly operatorToken: string;
  readonly failed: Promise<string>;
  /** Takes up the work that is there. */
  begin(): void;
  close(): Promise<void>;
}

const WORK_MAY_TAKE_MILLISECONDS = 700;
/** A second engine in one process finds its clients' addresses as the first left them. */
const ports = { endpoint: 0, tables: 0 };

/** What was opened, closed in the opposite order. */
class Opened {
  readonly #closers: (() => unknown)[] = [];

  add<Thing>(thing: Thing, close: (thing: Thing) => unknown): Thing {
    this.#closers.push(() => close(thing));
    return thing;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

interface Foundation {
  readonly database: Database;
  readonly endpoint: Endpoint;
  readonly tables: TableServer;
  readonly place: Place;
  readonly system: LocalSystem;
  readonly secrets: Secrets;
}

export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const opened = new Opened();
  try {
    const foundation = await layFoundation(options, opened);
    return await build(options, foundation, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function layFoundation({ folder, gateways, template }: RuntimeOptions, opened: Opened): Promise<Foundation> {
  const database = opened.add(openDatabase(folder), (it) => it.close());
  const endpoint = opened.add(await openEndpoint(ports.endpoint), (it) => it.close());
  const place = localPlace(endpoint.url);
  const starting = startTables(folder, ports.tables).then((it) => opened.add(it, () => it.stop()));
  const [tables, system] = await Promise.all([
    starting,
    Promise.resolve(template()).then((it) => describeSystem(it, place)),
  ]);
  ports.endpoint = Number(new URL(endpoint.url).port);
  ports.tables = Number(new URL(tables.url).port);
  const secrets = readSecrets(folder, system.secrets, gateways);
  prepareEnvironment(system.functions, place, tables.url);
  await createTables(system.tables, tables.url);
  return { database, endpoint, tables, place, system, secrets };
}

async function build(options: RuntimeOptions, foundation: Foundation, opened: Opened): Promise<Runtime> {
  const { database, endpoint, tables, place, system, secrets } = foundation;
  const activity = new Activity();
  const clock = opened.add(new StageClock({ database, startMilliseconds: options.startMilliseconds }), (it) =>
    it.stop(),
  );
  const now = () => clock.now();
  const queueFolder = join(options.folder, 'queues');
  const queues = opened.add(
    await QueueStore.open({ folder: queueFolder, resources: system.queues, region: place.region, database, now }),
    (it) => it.close(),
  );
  const functions = await loadFunctions({
    resources: system.functions,
    folder: options.functionsFolder,
    activity,
    ...place,
  });
  const delayed = new DelayedMessages(database, queues);
  const executions = new Executions({
    machines: system.machines,
    database,
    activity,
    now,
    call: async (arn, input) => (await functions.invoke(functionNameIn(arn), input)) as never,
  });
  const schedules = new Schedules({
    resources: system.schedules,
    database,
    functions,
    activity,
    queues,
    nowMilliseconds: now(),
  });
  const pollers = system.mappings.map(
    (mapping) => new Poller({ mapping, queues, functions, activity, region: place.region }),
  );
  const timekeeper = new Timekeeper(clock, new Alarms([schedules, executions, delayed]), activity);
  endpoint.serve({
    AmazonSQS: queueService({ queues, delayed, now }),
    AWSStepFunctions: executionService(executions, database, now),
    secretsmanager: secretService(system.secrets, secrets),
    TrentService: keyService(secrets.masterKey, system.keys),
  });
  opened.add(pollers, () => standStill({ timekeeper, executions, pollers, activity }));

  return {
    system,
    functions,
    clock,
    timekeeper,
    tablesUrl: tables.url,
    account: place.account,
    operatorToken: operatorTokenOf(secrets),
    failed: tables.died,
    begin() {
      for (const poller of pollers) poller.wake();
      executions.resume();
      timekeeper.setSpeed(options.speed);
    },
    close: () => opened.close(),
  };
}

interface Movers {
  readonly timekeeper: Timekeeper;
  readonly executions: Executions;
  readonly pollers: readonly Poller[];
  readonly activity: Activity;
}

/** What runs may end, within a limit; the rest is taken up again at the next start. */
async function standStill({ timekeeper, executions, pollers, activity }: Movers): Promise<void> {
  timekeeper.stop();
  executions.stop();
  for (const poller of pollers) poller.stop();
  await Promise.race([activity.settled(), sleep(WORK_MAY_TAKE_MILLISECONDS, undefined, { ref: false })]);
  for (const poller of pollers) poller.abandon();
}

function operatorTokenOf({ values }: Secrets): string {
  const { tokens } = JSON.parse(values.operators ?? '{}') as { tokens?: string[] };
  return tokens?.[0] ?? '';
}
