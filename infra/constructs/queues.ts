/** The queues between functions and their dead-letter queues. What waits too often there is waiting for a person. */
import { Duration } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FOLDER_MARK, mark, NAME_MARK } from '../marks.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';

export type QueueName = 'payments' | 'funds' | 'enrolments' | 'nudges' | 'imports' | 'files' | 'statements';

interface QueueDesign {
  readonly fifo?: boolean;
  readonly batchSize: number;
  readonly consumerTimeout: Duration;
  /** Batches in hand at once; a cap here, unlike one on the function, uses up no receives. */
  readonly maxConcurrency?: number;
  /** A record that waited this long means that the consumer does not keep up or fails. */
  readonly lateAfter: Duration;
  /** What a person notices when it stands still. */
  readonly impact: string;
}

export const QUEUES: Readonly<Record<QueueName, QueueDesign>> = {
  payments: {
    batchSize: 10,
    consumerTimeout: Duration.minutes(1),
    lateAfter: Duration.minutes(10),
    impact: 'Gifts that gateways reported, and that we acknowledged, are not in the books.',
  },
  funds: {
    fifo: true,
    batchSize: 10,
    consumerTimeout: Duration.minutes(2),
    lateAfter: Duration.minutes(30),
    impact: 'Money is in the books but buys no cover; workers wait.',
  },
  enrolments: {
    batchSize: 5,
    consumerTimeout: Duration.minutes(1),
    maxConcurrency: 10,
    lateAfter: Duration.hours(1),
    impact: 'Workers whose cover is paid for are not registered, so they are not covered.',
  },
  nudges: {
    batchSize: 5,
    consumerTimeout: Duration.minutes(1),
    maxConcurrency: 5,
    lateAfter: Duration.hours(2),
    impact: 'Workers and donors are not told that a cover ends, so it may lapse.',
  },
  imports: {
    batchSize: 1,
    consumerTimeout: Duration.minutes(2),
    maxConcurrency: 5,
    lateAfter: Duration.hours(1),
    impact: 'Workers of an uploaded list do not reach the waiting list.',
  },
  files: {
    batchSize: 1,
    // A great file is read twice, line by line.
    consumerTimeout: Duration.minutes(5),
    maxConcurrency: 2,
    lateAfter: Duration.hours(1),
    impact: 'Statements and remittances that came in are not checked; nothing of them is booked.',
  },
  statements: {
    batchSize: 1,
    consumerTimeout: Duration.minutes(1),
    maxConcurrency: 5,
    lateAfter: Duration.hours(1),
    impact: 'Lines of checked files are not held against the books; payments we never heard of stay unbooked.',
  },
};
export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];

const RECEIVES_BEFORE_DEAD = 5;
/** Batches are handed over at once; a batch window would have to be added to the visibility. */
const VISIBILITY_PER_TIMEOUT = 6;

/** A move task reads and deletes as the one who started it. */
const REDRIVE_ACTIONS = [
  'sqs:GetQueueUrl',
  'sqs:GetQueueAttributes',
  'sqs:StartMessageMoveTask',
  'sqs:ListMessageMoveTasks',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
];

export interface QueuePair {
  readonly queue: Queue;
  readonly dead: Queue;
}

export class Queues extends Construct {
  readonly pairs: Readonly<Record<QueueName, QueuePair>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const pairs = QUEUE_NAMES.map((name) => [name, this.#pair(name)]);
    this.pairs = Object.fromEntries(pairs) as Record<QueueName, QueuePair>;
  }

  /** Lets the function send, and tells it where. */
  allowSend(sender: LingkaranFunction, ...names: QueueName[]): void {
    for (const name of names) {
      const { queue } = this.pairs[name];
      sender.addEnvironment(`${name.toUpperCase()}_QUEUE_URL`, queue.queueUrl);
      queue.grant(sender, 'sqs:SendMessage');
    }
  }

  /** Lets the function look into every queue and move what is dead back to where it came from. */
  allowRedrive(operator: LingkaranFunction): void {
    for (const { queue, dead } of Object.values(this.pairs)) {
      queue.grant(operator, 'sqs:GetQueueAttributes', 'sqs:SendMessage');
      dead.grant(operator, ...REDRIVE_ACTIONS);
    }
  }

  /** Makes the function the queue's consumer; a failed record comes back alone. */
  deliver(name: QueueName, consumer: LingkaranFunction): void {
    const { batchSize, maxConcurrency } = QUEUES[name];
    consumer.live.addEventSource(
      new SqsEventSource(this.pairs[name].queue, {
        batchSize,
        ...(maxConcurrency ? { maxConcurrency } : {}),
        reportBatchItemFailures: true,
      }),
    );
    for (const child of consumer.live.node.findAll())
      if (child instanceof CfnEventSourceMapping) mark(child, FOLDER_MARK, consumer.folder);
  }

  #pair(name: QueueName): QueuePair {
    const { fifo = false, consumerTimeout } = QUEUES[name];
    const dead = deadLetterQueue(this, name, { fifo });
    const queue = new Queue(this, pascal(name), {
      ...kind(fifo),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(VISIBILITY_PER_TIMEOUT * consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: dead, maxReceiveCount: RECEIVES_BEFORE_DEAD },
    });
    mark(queue, NAME_MARK, name);
    return { queue, dead };
  }
}

/** `<name>-dead`: keeps what could not be done for 14 days, the longest there is. */
export function deadLetterQueue(scope: Construct, name: string, { fifo = false } = {}): Queue {
  const dead = new Queue(scope, `${pascal(name)}Dead`, {
    ...kind(fifo),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  mark(dead, NAME_MARK, `${name}-dead`);
  return dead;
}

function kind(fifo: boolean) {
  if (!fifo) return {};
  return {
    fifo,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  };
}

export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
