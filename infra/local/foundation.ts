/** What everything else of the engine stands on: its memory, the tables, the template read, and what goes with them. */
import { join } from 'node:path';
import type { MessagingSecrets } from '../../shared/messaging-settings.ts';
import type { GatewaySecrets, NamedOperators } from '../../shared/settings.ts';
import { type Endpoint, openEndpoint } from './aws/endpoint.ts';
import { type Database, openDatabase } from './database.ts';
import { prepareEnvironment } from './environment.ts';
import type { Opened } from './opened.ts';
import { QueueStore } from './queues/queue-store.ts';
import { readSecrets, type Secrets } from './secrets.ts';
import { StageClock } from './stage-clock.ts';
import { createTables } from './tables/create-tables.ts';
import { startTables } from './tables/dynoxide.ts';
import { localPlace, type Place } from './template/place.ts';
import type { LocalSystem } from './template/resources.ts';
import { describeSystem } from './template/system.ts';
import type { Template } from './template/template.ts';

export interface FoundationOptions {
  readonly folder: string;
  readonly gateways: () => GatewaySecrets;
  readonly operators?: (() => NamedOperators) | undefined;
  readonly messengers?: (() => MessagingSecrets) | undefined;
  readonly startMilliseconds: number;
  readonly template: () => Template | Promise<Template>;
}

export interface Foundation {
  readonly database: Database;
  readonly clock: StageClock;
  readonly endpoint: Endpoint;
  readonly tablesUrl: string;
  /** Resolves with what happened if the tables end by themselves. */
  readonly failed: Promise<string>;
  readonly queues: QueueStore;
  readonly place: Place;
  readonly system: LocalSystem;
  readonly secrets: Secrets;
}

/** A second engine in one process finds its clients' addresses as the first left them. */
const ports = { endpoint: 0, tables: 0 };

export async function layFoundation(options: FoundationOptions, opened: Opened): Promise<Foundation> {
  const { folder, gateways, operators, messengers, startMilliseconds, template } = options;
  const database = opened.add(openDatabase(folder), (it) => it.close());
  const clock = opened.add(new StageClock({ database, startMilliseconds }), (it) => it.stop());
  const endpoint = opened.add(await openEndpoint(ports.endpoint), (it) => it.close());
  const place = localPlace(endpoint.url);
  const starting = startTables(folder, ports.tables).then((it) => opened.add(it, () => it.stop()));
  const reading = Promise.resolve(template()).then((it) => describeSystem(it, place));
  const [started, read] = await Promise.allSettled([starting, reading]);
  const [tables, system] = [resultOf(started), resultOf(read)];
  ports.endpoint = Number(new URL(endpoint.url).port);
  ports.tables = Number(new URL(tables.url).port);
  const secrets = readSecrets(folder, system.secrets, { gateways, operators, messengers });
  prepareEnvironment(system.functions, place, tables.url);
  await createTables(system.tables, tables.url);
  const queues = await QueueStore.open({
    folder: join(folder, 'queues'),
    resources: system.queues,
    region: place.region,
    now: () => clock.now(),
  });
  opened.add(queues, (it) => it.close());
  return { database, clock, endpoint, tablesUrl: tables.url, failed: tables.died, queues, place, system, secrets };
}

/** Both are awaited whatever happens, so that what one of them opened is known and closed when the other failed. */
function resultOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
