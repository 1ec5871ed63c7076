import { createHash } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Ask, callDirectly } from '../../../infra/local/aws/direct-calls.ts';

const NOBODY = 'http://127.0.0.1:1';
const client = new SQSClient({
  endpoint: NOBODY,
  region: 'r',
  maxAttempts: 1,
  credentials: { accessKeyId: 'a', secretAccessKey: 's' },
});
const send = (body: string) => client.send(new SendMessageCommand({ QueueUrl: `${NOBODY}/q`, MessageBody: body }));
/** The client compares it with what it sent. */
const MD5 = createHash('md5').update('gift é').digest('hex');
const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

let end = () => {};
const answerWith = (ask: Ask) => {
  end = callDirectly(NOBODY, ask);
};
afterEach(() => end());

describe('calls of AWS clients in one process', () => {
  it('reach the services without a connection, byte for byte', async () => {
    const asked: unknown[] = [];
    answerWith(async (target, body) => {
      asked.push([target, JSON.parse(body).MessageBody]);
      return { status: 200, headers: JSON_TYPE, body: JSON.stringify({ MessageId: 'm', MD5OfMessageBody: MD5 }) };
    });
    expect(await send('gift é')).toMatchObject({ MessageId: 'm' });
    expect(asked).toEqual([['AmazonSQS.SendMessage', 'gift é']]);
  });

  it('fail with the name the service gave', async () => {
    const body = JSON.stringify({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no such queue' });
    answerWith(async () => ({ status: 400, headers: JSON_TYPE, body }));
    await expect(send('x')).rejects.toMatchObject({ name: 'QueueDoesNotExist', message: 'no such queue' });
  });

  it('of other addresses, and after the end, go over the network', async () => {
    let asked = 0;
    const ask: Ask = async () => {
      asked += 1;
      return { status: 200, headers: JSON_TYPE, body: '{}' };
    };
    end = callDirectly('http://127.0.0.1:2', ask);
    await expect(send('x')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    end();
    callDirectly(NOBODY, ask)();
    await expect(send('x')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(asked).toBe(0);
  });
});
