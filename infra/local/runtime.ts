/** What moves on the foundation: functions, their queues' consumers, executions, schedules, and the time they obey. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessagingSecrets } from '../../shared/messaging-settings.ts';
import { Activity } from './activity.ts';
import { Alarms } from './alarms.ts';
import { callDirectly } from './aws/direct-calls.ts';
import { executionService } from './aws/execution-service.ts';
import { keyService } from './aws/key-service.ts';
import { type ObjectService, objectService } from './aws/object-service.ts';
import { queueService } from './aws/queue-service.ts';
import { scheduleService } from './aws/schedule-service.ts';
import { openFileFolder } from './files/open-file-folder.ts';
import { type Foundation, type FoundationOptions, layFoundation } from './foundation.ts';
import { type Functions, loadFunctions } from './functions.ts';
import type { Json } from './lifecycle/definition.ts';
import { Executions } from './lifecycle/executions.ts';
import { Opened } from './opened.ts';
import { DelayedMessages } from './queues/delayed-messages.ts';
import { Poller } from './queues/poller.ts';
import { CreatedSchedules } from './schedules/created-schedules.ts';
import { Schedules } from './schedules/schedules.ts';
import { type Secrets, secretService } from './secrets.ts';
import type { StageClock } from './stage-clock.ts';
import type { LocalSystem } from './template/resources.ts';
import { functionNameIn } from './template/system.ts';
import { FunctionThread } from './thread/function-thread.ts';
import { Timekeeper } from './timekeeper.ts';

export interface RuntimeOptions extends FoundationOptions {
  readonly speed: number;
  readonly functionsFolder: string;
  /** All functions in this thread, where a test can look into them. */
  readonly oneThread: boolean;
}

export interface Runtime {
  readonly system: LocalSystem;
  readonly functions: Functions;
  readonly clock: StageClock;
  readonly timekeeper: Timekeeper;
  readonly tablesUrl: string;
  readonly account: string;
  readonly operatorToken: string;
  /** Signs replies to messages of the outbox. */
  readonly outboxKey: string;
  readonly failed: Promise<string>;
  /** Takes up the work that is there. */
  begin(): void;
  close(): Promise<void>;
}

const WORK_MAY_TAKE_MILLISECONDS = 700;

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

async function build(options: RuntimeOptions, foundation: Foundation, opened: Opened): Promise<Runtime> {
  const { clock, system, place, tablesUrl, failed, secrets } = foundation;
  const activity = new Activity();
  const resources = system.functions;
  const thread = options.oneThread ? undefined : opened.add(new FunctionThread(), (it) => it.stop());
  const atTheDoor = new Set(system.routes.map(({ functionName }) => functionName));
  const where = { folder: options.functionsFolder, thread, atTheDoor };
  const functions = await loadFunctions({ resources, activity, ...where, ...place });
  const movers = moversOf(foundation, functions, activity);
  const { executions, pollers, timekeeper } = movers;
  const files = openFileFolder(options.folder, foundation);
  if (files) opened.add(files.folder, (it) => it.stop());
  serveFunctions(foundation, movers, files && objectService({ bucket: files.bucket, files: files.folder }));
  const { endpoint } = foundation;
  opened.add(callDirectly(endpoint.url, endpoint.ask), (end) => end());
  thread?.callDirectly(endpoint.url, endpoint.ask);
  opened.add(movers, standStill);
  return {
    system,
    functions,
    clock,
    timekeeper,
    tablesUrl,
    account: place.account,
    operatorToken: operatorTokenOf(secrets),
    outboxKey: outboxKeyOf(secrets),
    failed,
    begin() {
      for (const poller of pollers) poller.wake();
      executions.resume();
      files?.folder.watch();
      timekeeper.setSpeed(options.speed);
    },
    close: () => opened.close(),
  };
}

interface Movers {
  readonly activity: Activity;
  readonly delayed: DelayedMessages;
  readonly executions: Executions;
  readonly created: CreatedSchedules;
  readonly schedules: Schedules;
  readonly pollers: readonly Poller[];
  readonly timekeeper: Timekeeper;
}

function moversOf(foundation: Foundation, functions: Functions, activity: Activity): Movers {
  const { database, queues, clock, system, place } = foundation;
  const shared = { database, functions, activity, queues };
  const delayed = new DelayedMessages(database, queues);
  const created = new CreatedSchedules(database);
  const schedules = new Schedules({ ...shared, created, resources: system.schedules, nowMilliseconds: clock.now() });
  const executions = new Executions({
    ...shared,
    machines: system.machines,
    now: () => clock.now(),
    call: async (arn, input) => (await functions.invoke(functionNameIn(arn), input)) as Json,
  });
  const pollers = system.mappings.map((mapping) => new Poller({ ...shared, mapping, region: place.region }));
  const timekeeper = new Timekeeper(clock, new Alarms([schedules, executions, delayed]), activity);
  return { activity, delayed, executions, created, schedules, pollers, timekeeper };
}

/** From here on the clients of the functions are answered. */
function serveFunctions(
  foundation: Foundation,
  { delayed, executions, created, schedules }: Movers,
  objects: ObjectService | undefined,
): void {
  const { endpoint, queues, clock, database, system, secrets } = foundation;
  const now = () => clock.now();
  const services = {
    AmazonSQS: queueService({ queues, delayed, now }),
    AWSStepFunctions: executionService(executions, database, now),
    secretsmanager: secretService(system.secrets, secrets),
    TrentService: keyService(secrets.masterKey, system.keys),
  };
  const functionNames = system.functions.map(({ name }) => name);
  const schedule = scheduleService({ created, functionNames, changed: () => schedules.follow(clock.now()) });
  endpoint.serve(
    services,
    async (request, response) =>
      (await schedule(request, response)) || (objects !== undefined && (await objects(request, response))),
  );
}

/** What runs may end, within a limit; the rest is taken up again at the next start. */
async function standStill({ timekeeper, executions, pollers, activity }: Movers): Promise<void> {
  timekeeper.stop();
  executions.stop();
  for (const poller of pollers) poller.stop();
  await Promise.race([activity.settled(), sleep(WORK_MAY_TAKE_MILLISECONDS, undefined, { ref: false })]);
  for (const poller of pollers) poller.abandon();
}

function outboxKeyOf({ textOf }: Secrets): string {
  const { outbox } = JSON.parse(textOf('messaging') ?? '{}') as MessagingSecrets;
  return outbox?.keys[0] ?? '';
}

function operatorTokenOf({ textOf }: Secrets): string {
  const { tokens } = JSON.parse(textOf('operators') ?? '{}') as { tokens?: string[] };
  return tokens?.[0] ?? '';
}
