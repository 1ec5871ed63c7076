/** What operators see and do with queues: how much waits, how much died, and the way back. */
import { GetQueueAttributesCommand, GetQueueUrlCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { digest } from '../domain/ids.ts';
import { Permanent } from '../errors.ts';
import { queueUrl, sendBody, sqs } from './queues.ts';

const QUEUES: Readonly<Record<string, string>> = {
  payments: 'PAYMENTS_QUEUE_URL',
  funds: 'FUNDS_QUEUE_URL',
  enrolments: 'ENROLMENTS_QUEUE_URL',
  nudges: 'NUDGES_QUEUE_URL',
  imports: 'IMPORTS_QUEUE_URL',
  files: 'FILES_QUEUE_URL',
  statements: 'STATEMENTS_QUEUE_URL',
};

function urlOf(name: string): string {
  const variable = QUEUES[name.replace(/-dead$/, '')];
  if (!variable) throw new Permanent('not_found', { detail: `there is no queue ${name}` });
  return queueUrl(variable);
}

async function attributesOf(url: string): Promise<Record<string, string>> {
  const { Attributes = {} } = await sqs().send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return Attributes;
}

async function deadLetterArn(url: string): Promise<string> {
  const { RedrivePolicy = '{}' } = await attributesOf(url);
  return (JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn;
}

async function deadLetterAttributes(arn: string): Promise<Record<string, string>> {
  const { QueueUrl = '' } = await sqs().send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }));
  return attributesOf(QueueUrl);
}

export async function listQueues() {
  return Promise.all(
    Object.keys(QUEUES).map(async (name) => {
      const attributes = await attributesOf(urlOf(name));
      const dead = await deadLetterAttributes(
        (JSON.parse(attributes.RedrivePolicy ?? '{}') as { deadLetterTargetArn: string }).deadLetterTargetArn,
      );
      return {
        name,
        ready: Number(attributes.ApproximateNumberOfMessages),
        inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible),
        delayed: Number(attributes.ApproximateNumberOfMessagesDelayed),
        dead: Number(dead.ApproximateNumberOfMessages),
      };
    }),
  );
}

/** Moves everything from a dead-letter queue back to where it came from. */
export async function redriveQueue(name: string): Promise<{ name: string; messages: number }> {
  const arn = await deadLetterArn(urlOf(name));
  const messages = Number((await deadLetterAttributes(arn)).ApproximateNumberOfMessages);
  if (messages > 0) await sqs().send(new StartMessageMoveTaskCommand({ SourceArn: arn }));
  return { name: name.replace(/-dead$/, ''), messages };
}

/** Puts a released message back; a FIFO queue takes it into the group of its fund. */
export function sendBack(source: string, body: string, occasion: string): Promise<void> {
  const { fundId, gateway } = JSON.parse(body) as { fundId?: string; gateway?: string };
  const options =
    source === 'funds'
      ? { groupId: fundId ?? 'unknown', deduplicationId: digest(occasion, 40) }
      : gateway
        ? { groupId: gateway }
        : {};
  return sendBody(urlOf(source), body, options);
}
