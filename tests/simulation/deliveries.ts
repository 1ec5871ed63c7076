/** Batches of the queues on their way through the functions that consume them. */
import type { QueueName } from '../support/environment.ts';
import { Died } from './processes.ts';
import { eventOf, type SimulatedQueue } from './queues.ts';
import type { Message } from './waiting-messages.ts';
import type { World } from './world.ts';

const CONSUMERS = {
  payments: { run: 'recordPayment', batchSize: 10 },
  funds: { run: 'allocateFunds', batchSize: 10 },
  enrolments: { run: 'enrolWorkers', batchSize: 5 },
  nudges: { run: 'sendNudges', batchSize: 5 },
  imports: { run: 'importWorkers', batchSize: 1 },
  statements: { run: 'settleStatement', batchSize: 1 },
} as const satisfies Record<QueueName, unknown>;
export const CONSUMED = Object.keys(CONSUMERS) as QueueName[];

const DAY = 86_400_000;
/** Six times the timeout of the function. */
const VISIBILITY_MILLISECONDS = 360_000;

/** One batch of a queue through its function. @returns how many messages there were */
export async function deliver(world: World, name: QueueName): Promise<number> {
  const { chance } = world;
  const queue = world.queues[name];
  const messages = queue.receive(world.milliseconds, 1 + chance.below(CONSUMERS[name].batchSize), chance);
  if (messages.length === 0) return 0;
  const failed = world.dice.happens('function throttled')
    ? new Set(messages.map(({ id }) => id))
    : await consume(world, name, messages);
  // What is handed back together is seen again together.
  const back = world.milliseconds + (world.dice.on ? chance.below(VISIBILITY_MILLISECONDS) : 0);
  for (const message of messages) settle(world, queue, message, failed.has(message.id) ? back : undefined);
  return messages.length;
}

async function consume(world: World, name: QueueName, messages: readonly Message[]): Promise<Set<string>> {
  const event = eventOf(world.queues[name], messages);
  const once = () => {
    world.did(`${name} message handled`, messages.length);
    return world.run<{ batchItemFailures: { itemIdentifier: string }[] }>(CONSUMERS[name].run, event);
  };
  const again = world.dice.happens('two deliveries at once') ? once().catch(() => undefined) : undefined;
  try {
    const { batchItemFailures } = await once();
    return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  } catch (error) {
    if (!(error instanceof Died)) world.watch.violated('handler', `${name}: ${(error as Error).stack}`);
    return new Set(world.sabotage.forgetsTheDeadOf === name ? [] : messages.map(({ id }) => id));
  } finally {
    await again;
  }
}

function settle(world: World, queue: SimulatedQueue, message: Message, back: number | undefined): void {
  const { chance, dice, sabotage, milliseconds } = world;
  if (back !== undefined && sabotage.forgetsFailuresOf !== queue.name) {
    queue.giveBack(message, back);
    return;
  }
  queue.done(message);
  if (!dice.happens('delivered again')) return;
  // A group of a FIFO queue waits for it meanwhile: no longer than a message can stay out of sight.
  const isSoon = queue.isFifo || chance.happens(0.8);
  queue.comeAgain(message, milliseconds + chance.below(isSoon ? VISIBILITY_MILLISECONDS : 3 * DAY));
}
