/** The event Lambda makes of a batch of queue messages. */
import type { SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { Queue, QueuedMessage } from './fauxqs.ts';

export interface Received {
  readonly receiptHandle: string;
  readonly message: QueuedMessage;
}

export function sqsEvent(batch: readonly Received[], queue: Queue, region: string): SQSEvent {
  return { Records: batch.map((received) => record(received, queue, region)) };
}

function record({ receiptHandle, message }: Received, queue: Queue, region: string): SQSRecord {
  const { messageGroupId, messageDeduplicationId, sequenceNumber } = message;
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.approximateReceiveCount),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp ?? message.sentTimestamp),
      ...(messageGroupId ? { MessageGroupId: messageGroupId } : {}),
      ...(messageDeduplicationId ? { MessageDeduplicationId: messageDeduplicationId } : {}),
      ...(sequenceNumber ? { SequenceNumber: sequenceNumber } : {}),
    },
    messageAttributes: attributesOf(message),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: region,
  };
}

function attributesOf({ messageAttributes }: QueuedMessage): SQSMessageAttributes {
  return Object.fromEntries(
    Object.entries(messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType as 'String',
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  );
}
