/** Queues and their consumers on the stage's clock, with `fauxqs` on a real folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Activity } from '../../../infra/local/activity.ts';
import { Alarms } from '../../../infra/local/alarms.ts';
import { queueService } from '../../../infra/local/aws/queue-service.ts';
import { type Database, openDatabase } from '../../../infra/local/database.ts';
import { DelayedMessages } from '../../../infra/local/queues/delayed-messages.ts';
import { failedIds, Poller } from '../../../infra/local/queues/poller.ts';
import { QueueStore } from '../../../infra/local/queues/queue-store.ts';
import { StageClock } from '../../../infra/local/stage-clock.ts';
import type { QueueResource } from '../../../infra/local/template/resources.ts';
import { Timekeeper } from '../../../infra/local/timekeeper.ts';

const START = Date.parse('2026-12-01T08:00:00+07:00');
const REGION = 'ap-southeast-3';

function queue(role: string, attributes: Record<string, string> = {}): QueueResource {
  const name = `lingkaran-${role}${attributes.FifoQueue ? '.fifo' : ''}`;
  const arn = `arn:aws:sqs:${REGION}:000000000000:${name}`;
  return { name, role, arn, url: `http://127.0.0.1:1/000000000000/${name}`, attributes };
}
const redrive = (dead: QueueResource) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
});
const PAYMENTS_DEAD = queue('payments-dead');
const PAYMENTS = queue('payments', redrive(PAYMENTS_DEAD));
const FUNDS_DEAD = queue('funds-dead', { FifoQueue: 'true' });
const FUNDS = queue('funds', { FifoQueue: 'true', ...redrive(FUNDS_DEAD) });
const QUEUES = [PAYMENTS_DEAD, PAYMENTS, FUNDS_DEAD, FUNDS];

type Consumer = (records: SQSRecord[]) => unknown;
let folder: string;
let database: Database;
let consumers: Record<string, Consumer>;
let opened: Awaited<ReturnType<typeof open>> | undefined;

async function open(endpoint = 'http://127.0.0.1:1') {
  const activity = new Activity();
  const clock = new StageClock({ database, startMilliseconds: START });
  const now = () => clock.now();
  const resources = QUEUES.map((resource) => ({
    ...resource,
    url: resource.url.replace('http://127.0.0.1:1', endpoint),
  }));
  const queues = await QueueStore.open({ folder, resources, region: REGION, now });
  const delayed = new DelayedMessages(database, queues);
  const timekeeper = new Timekeeper(clock, new Alarms([delayed]), activity);
  const functions = {
    invoke: (name: string, event: unknown) =>
      activity.during(async () => consumers[name]?.((event as SQSEvent).Records) ?? null),
  };
  const pollers = [PAYMENTS, FUNDS].map(
    ({ role, arn }) =>
      new Poller({
        mapping: {
          functionName: role,
          queueArn: arn,
          batchSize: 10,
          partialResponses: true,
          maximumConcurrency: undefined,
        },
        queues,
        functions,
        activity,
        region: REGION,
      }),
  );
  for (const poller of pollers) poller.wake();
  const service = queueService({ queues, delayed, now });
  return {
    queues,
    timekeeper,
    ask: async (operation: string, input: Record<string, unknown>) => (await service[operation]?.(input))?.body,
    send: (to: QueueResource, body: string, more: Record<string, unknown> = {}) =>
      service.SendMessage?.({ QueueUrl: to.url, MessageBody: body, ...more }),
    async close() {
      for (const poller of pollers) {
        poller.stop();
        poller.abandon();
      }
      await queues.close();
      clock.stop();
    },
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lingkaran-queues-'));
  database = openDatabase();
  consumers = {};
  opened = await open();
});
afterEach(async () => {
  await opened?.close();
  database.close();
  rmSync(folder, { recursive: true });
});

function engine() {
  if (!opened) throw new Error('not open');
  return opened;
}
async function restart(endpoint?: string) {
  await engine().close();
  opened = await open(endpoint);
}
const bodies = (records: readonly SQSRecord[]) => records.map(({ body }) => body);
const allFailed = (records: readonly SQSRecord[]) => ({
  batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })),
});
function ready(resource: QueueResource): string[] {
  const messages = engine().queues.byName(resource.name).inspectMessages();
  return messages.ready.map(({ body }) => body);
}

describe('an event source mapping', () => {
  it('hands over a batch the way Lambda does', async () => {
    let seen: SQSRecord[] = [];
    consumers.payments = (records) => {
      seen = records;
    };
    const attribute = { DataType: 'String', StringValue: 'x' };
    await Promise.all([
      engine().send(PAYMENTS, 'one', { MessageAttributes: { gateway: attribute } }),
      engine().send(PAYMENTS, 'two'),
    ]);
    await engine().timekeeper.drain();
    expect(bodies(seen)).toEqual(['one', 'two']);
    expect(seen[0]).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: PAYMENTS.arn,
      awsRegion: REGION,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(START) },
      messageAttributes: { gateway: { dataType: 'String', stringValue: 'x' } },
    });
    expect(ready(PAYMENTS)).toEqual([]);
  });

  it('brings back what failed, alone, and gives it up to the dead-letter queue after five receives', async () => {
    const counts: string[] = [];
    const done: string[] = [];
    consumers.payments = (records) => {
      const bad = records.filter(({ body }) => body === 'bad');
      done.push(...bodies(records.filter((record) => !bad.includes(record))));
      counts.push(...bad.map(({ attributes }) => attributes.ApproximateReceiveCount));
      return allFailed(bad);
    };
    await Promise.all(['good', 'bad', 'fine'].map((body) => engine().send(PAYMENTS, body)));
    await engine().timekeeper.drain();
    expect(done).toEqual(['good', 'fine']);
    expect(counts).toEqual(['1', '2', '3', '4', '5']);
    expect(ready(PAYMENTS_DEAD)).toEqual(['bad']);
  });

  it('takes a thrown error for a failure of the whole batch', async () => {
    let tries = 0;
    consumers.payments = () => {
      tries += 1;
      if (tries === 1) throw new Error('down');
    };
    const complain = console.error;
    console.error = () => undefined;
    await engine().send(PAYMENTS, 'one');
    await engine().timekeeper.drain();
    console.error = complain;
    expect(tries).toBe(2);
    expect(ready(PAYMENTS_DEAD)).toEqual([]);
  });

  it('keeps the order within a group of a FIFO queue, whatever fails', async () => {
    const done: string[] = [];
    let failures = 3;
    consumers.funds = async (records) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      const isFailing = records.some(({ body }) => body === 'a1') && failures-- > 0;
      const failing = records.filter(({ body }) => isFailing && body.startsWith('a'));
      done.push(...bodies(records.filter((record) => !failing.includes(record))));
      return allFailed(failing);
    };
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3'])
      await engine().send(FUNDS, body, { MessageGroupId: body.charAt(0), MessageDeduplicationId: body });
    await engine().timekeeper.drain();
    expect(done.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(done.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(done.indexOf('b2')).toBeLessThan(done.indexOf('a1'));
  });

  it.each([
    [null, []],
    [{}, []],
    [{ batchItemFailures: [] }, []],
    [{ batchItemFailures: [{ itemIdentifier: 'a' }] }, ['a']],
    [{ batchItemFailures: [{ itemIdentifier: 'stranger' }] }, ['a', 'b']],
    [{ batchItemFailures: [{}] }, ['a', 'b']],
    [{ batchItemFailures: 'a' }, ['a', 'b']],
  ])('reads the answer %j', (response, failed) => {
    expect([...failedIds(response, new Set(['a', 'b']))]).toEqual(failed);
  });
});

describe('a delayed message', () => {
  it('arrives when the stage clock says so, also after a restart', async () => {
    const arrivals: string[] = [];
    consumers.payments = (records) => void arrivals.push(...bodies(records));
    await engine().send(PAYMENTS, 'later', { DelaySeconds: 600 });
    await engine().ask('SendMessageBatch', {
      QueueUrl: PAYMENTS.url,
      Entries: [
        { Id: 'a', MessageBody: 'now' },
        { Id: 'b', MessageBody: 'latest', DelaySeconds: 900 },
      ],
    });
    await engine().timekeeper.advanceTo(START + 599_000);
    expect(arrivals).toEqual(['now']);
    const { Attributes } = (await engine().ask('GetQueueAttributes', {
      QueueUrl: PAYMENTS.url,
      AttributeNames: ['All'],
    })) as { Attributes: Record<string, string> };
    expect(Attributes.ApproximateNumberOfMessagesDelayed).toBe('2');

    await restart();
    await engine().timekeeper.advanceTo(START + 600_000);
    expect(arrivals).toEqual(['now', 'later']);
    await engine().timekeeper.advanceTo(START + 24 * 3_600_000);
    expect(arrivals).toEqual(['now', 'later', 'latest']);
  });
});

describe('a FIFO queue', () => {
  const sendAll = async (group: string, count: number) => {
    const entries = Array.from({ length: count }, (_, index) => `${group}${String(index).padStart(2, '0')}`);
    for (const body of entries)
      await engine().send(FUNDS, body, { MessageGroupId: group, MessageDeduplicationId: body });
    return entries;
  };

  it('hands over up to ten messages of a group together, in their order, and no more of it until they are done', async () => {
    const batches: string[][] = [];
    let inHand = 0;
    consumers.funds = async (records) => {
      inHand += 1;
      batches.push(bodies(records));
      expect(inHand).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inHand -= 1;
    };
    const all = await sendAll('a', 23);
    await engine().timekeeper.drain();
    expect(batches.flat()).toEqual(all);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(10);
  });

  it('brings messages that failed together back in their order, before those behind them', async () => {
    const done: string[] = [];
    let failures = 3;
    consumers.funds = async (records) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (records.length > 1 && failures-- > 0) return allFailed(records.slice(1));
      done.push(...bodies(records).filter((body) => !done.includes(body)));
      return null;
    };
    const all = await sendAll('a', 23);
    await engine().timekeeper.drain();
    expect(failures).toBeLessThan(1);
    const handled = all.filter((body) => done.includes(body));
    expect(done).toEqual(handled);
    expect(ready(FUNDS_DEAD)).toEqual([]);
  });

  it('forgets a deduplication id after five minutes of the stage clock', async () => {
    const arrivals: string[] = [];
    consumers.funds = (records) => void arrivals.push(...bodies(records));
    const send = (body: string) => engine().send(FUNDS, body, { MessageGroupId: 'f', MessageDeduplicationId: 'same' });
    await send('first');
    await engine().timekeeper.advanceTo(START + 299_000);
    await restart();
    await send('dropped');
    await engine().timekeeper.advanceTo(START + 300_000);
    await send('second');
    await engine().timekeeper.drain();
    expect(arrivals).toEqual(['first', 'second']);
  });

  it('remembers a deduplication id only together with its message', async () => {
    const arrivals: string[] = [];
    consumers.funds = (records) => void arrivals.push(...bodies(records));
    const send = async () =>
      engine().send(FUNDS, 'sent again', { MessageGroupId: 'f', MessageDeduplicationId: 'same' });
    const queue = engine().queues.byName(FUNDS.name);
    const { enqueue } = queue;
    queue.enqueue = () => {
      throw new Error('the disk is full');
    };
    await expect(send()).rejects.toThrow('the disk is full');
    queue.enqueue = enqueue;
    await send();
    await send();
    await engine().timekeeper.drain();
    expect(arrivals).toEqual(['sent again']);
  });
});

describe('after a restart', () => {
  it('what was in hand is there at once, and its try does not count', async () => {
    let arrived = () => {};
    const inHand = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    consumers.payments = () => {
      arrived();
      return new Promise(() => {});
    };
    await engine().send(PAYMENTS, 'held');
    await inHand;

    const counts: string[] = [];
    consumers.payments = (records) => void counts.push(...records.map((r) => r.attributes.ApproximateReceiveCount));
    await restart();
    await engine().timekeeper.drain();
    expect(counts).toEqual(['1']);
  });
});

describe('a queue’s address', () => {
  it('is that of this start', async () => {
    await restart('http://127.0.0.1:2');
    const found = await engine().ask('GetQueueUrl', { QueueName: PAYMENTS.name });
    expect(found).toEqual({ QueueUrl: `http://127.0.0.1:2/000000000000/${PAYMENTS.name}` });
  });
});

describe('redriving a dead-letter queue', () => {
  it('moves its messages back with their tries forgotten', async () => {
    let healthy = false;
    const counts: string[] = [];
    consumers.payments = (records) => {
      if (!healthy) return allFailed(records);
      counts.push(...records.map(({ attributes }) => attributes.ApproximateReceiveCount));
      return null;
    };
    await Promise.all(['a', 'b'].map((body) => engine().send(PAYMENTS, body)));
    await engine().timekeeper.drain();
    expect(ready(PAYMENTS_DEAD)).toHaveLength(2);
    healthy = true;
    await engine().ask('StartMessageMoveTask', { SourceArn: PAYMENTS_DEAD.arn });
    await engine().timekeeper.drain();
    expect(counts).toEqual(['1', '1']);
    expect(ready(PAYMENTS_DEAD)).toEqual([]);
    await expect(engine().ask('StartMessageMoveTask', { SourceArn: 'arn:x' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});
