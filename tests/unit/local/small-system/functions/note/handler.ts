/** Writes down that it was called: over HTTP, by a schedule or by an execution. Over HTTP it also does what it is asked. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const tables = new DynamoDBClient({});
const queues = new SQSClient({});
const executions = new SFNClient({});

export async function note(pk: string, sk: string): Promise<void> {
  const Item = { pk: { S: pk }, sk: { S: sk } };
  await tables.send(new PutItemCommand({ TableName: process.env.NOTES_TABLE, Item }));
}

export const handler = async (event: { note?: string; body?: string; pathParameters?: { proxy: string } }) => {
  const what = event.pathParameters?.proxy;
  const body = event.body ?? '';
  if (what === 'queue')
    await queues.send(new SendMessageCommand({ QueueUrl: process.env.JOBS_URL, MessageBody: body }));
  if (what === 'later')
    await queues.send(new SendMessageCommand({ QueueUrl: process.env.JOBS_URL, MessageBody: body, DelaySeconds: 900 }));
  if (what === 'execution')
    await executions.send(
      new StartExecutionCommand({
        stateMachineArn: process.env.MACHINE_ARN,
        name: 'one',
        input: JSON.stringify({ at: body }),
      }),
    );
  if (event.note) await note('NOTE', event.note);
  return { statusCode: 202 };
};
