/** What this world answers in the place of AWS. */
import { ConflictException, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { ExecutionAlreadyExists } from '@aws-sdk/client-sfn';
import { QUEUE_URLS, type QueueName } from '../support/environment.ts';
import type { MemoryTables } from '../support/memory-table.ts';
import type { Sending } from './queues.ts';
import type { Input, Output, Service, ServiceName } from './services.ts';
import type { World } from './world.ts';

const HEALED_BY_THE_SWEEPER: ReadonlySet<QueueName> = new Set<QueueName>(['funds', 'enrolments', 'nudges']);
const NAME_OF_URL = new Map<unknown, QueueName>(
  Object.entries(QUEUE_URLS).map(([name, url]) => [url, name as QueueName]),
);

export function answersOf(world: World, tables: MemoryTables): Readonly<Record<ServiceName, Service>> {
  return {
    table: async (name, input) => {
      const output = await tables.execute(name, input);
      world.watch.afterCall();
      return output;
    },
    queue: (name, input) => take(world, name, input),
    executions: (_name, input) => start(world, input as unknown as { name: string; input: string }),
    schedules: (name, input) => schedule(world, name, input),
    secrets: (_name, { SecretId }) => {
      const name = String(SecretId).slice((process.env.SECRETS_PREFIX as string).length);
      return { SecretString: JSON.stringify(world.releases.present.secrets[name] ?? {}) };
    },
    keys: (name, input) => wrap(world, name, input),
  };
}

function take(world: World, name: string, input: Input): Output {
  const queue = NAME_OF_URL.get(input.QueueUrl) as QueueName;
  const entries = (name === 'SendMessageBatch' ? input.Entries : [input]) as Sending[];
  for (const entry of entries) {
    const MessageBody = world.releases.asWritten(entry.MessageBody);
    world.watch.text(`the ${queue} queue`, MessageBody);
    if (HEALED_BY_THE_SWEEPER.has(queue) && world.dice.happens('message lost')) continue;
    const late = world.dice.happens('delivered late') ? world.chance.below(3_600) : 0;
    const DelaySeconds = (entry.DelaySeconds ?? 0) + late;
    world.queues[queue].send({ ...entry, MessageBody, DelaySeconds }, world.milliseconds);
  }
  return {};
}

function start({ watch, lifecycle, dice }: World, { name, input }: { name: string; input: string }): Output {
  watch.text('an execution', input);
  if (lifecycle.executions.has(name)) throw new ExecutionAlreadyExists({ $metadata: {}, message: `${name} exists` });
  lifecycle.start(name, input, dice.happens('execution lost'));
  // By hand, because somebody believed that the first was lost.
  if (dice.happens('execution started twice')) lifecycle.start(`${name}-again`, input, false);
  return {};
}

/** Made once; deleting one that is gone is an error, as there. */
function schedule({ schedules, watch }: World, name: string, input: Input): Output {
  watch.text('a schedule', JSON.stringify(input));
  const made = input.Name as string;
  if (name === 'CreateSchedule') {
    if (schedules.has(made)) throw new ConflictException({ $metadata: {}, message: made } as never);
    const hour = /^cron\(0 (\d+) /.exec(String(input.ScheduleExpression))?.[1];
    schedules.set(made, { hour: Number(hour), input: (input.Target as { Input: string }).Input });
    return {};
  }
  if (!schedules.delete(made)) throw new ResourceNotFoundException({ $metadata: {}, message: made } as never);
  return {};
}

/** The vault's own key: it wraps by doing nothing, which is nobody's business here. */
function wrap({ chance }: World, name: string, input: Input): Output {
  if (name === 'Decrypt') return { Plaintext: Uint8Array.from(input.CiphertextBlob as Uint8Array) };
  const key = Uint8Array.from({ length: 32 }, () => chance.below(256));
  return { Plaintext: key, CiphertextBlob: Uint8Array.from(key) };
}
