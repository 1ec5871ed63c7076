import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { inParallel } from '../../../shared/parallel.ts';
import { batchGet, queryAll, transact, updateItem } from '../../../shared/store/table.ts';

process.env.TABLE_NAME = 'books';
process.env.AWS_REGION = 'ap-southeast-3';
const aws = mockClient(DynamoDBDocumentClient);
beforeEach(() => aws.reset());

const put = { Put: { Item: { pk: 'a', sk: 'b' } } };
const cancelled = (...codes: string[]) =>
  Object.assign(new Error('cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const named = (name: string) => Object.assign(new Error(name), { name });

describe('a transaction', () => {
  it('is on the main table unless it says otherwise', async () => {
    aws.on(TransactWriteCommand).resolves({});
    expect(await transact([put, { Delete: { TableName: 'vault', Key: { pk: 'a', sk: 'b' } } }])).toEqual({ ok: true });
    expect(aws.call(0).args[0].input).toMatchObject({
      TransactItems: [{ Put: { TableName: 'books' } }, { Delete: { TableName: 'vault' } }],
    });
  });

  it('answers with the conditions that failed and the rows in their way', async () => {
    const error = Object.assign(cancelled(), {
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { n: { N: '7' } } }],
    });
    aws.on(TransactWriteCommand).rejects(error);
    expect(await transact([put, put])).toEqual({
      ok: false,
      failed: [{ index: 1, code: 'ConditionalCheckFailed', item: { n: 7 } }],
    });
  });

  it('tries a conflict again in place', async () => {
    aws.on(TransactWriteCommand).rejectsOnce(cancelled('None', 'TransactionConflict')).resolves({});
    expect(await transact([put, put])).toEqual({ ok: true });
    expect(aws.calls()).toHaveLength(2);
  });

  it('gives up on a conflict that lasts', async () => {
    aws.on(TransactWriteCommand).rejects(cancelled('TransactionConflict'));
    await expect(transact([put])).rejects.toMatchObject({ name: 'Transient', reason: 'contention' });
    expect(aws.calls()).toHaveLength(6);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])('hands %s back to the queue', async (code) => {
    aws.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', code));
    await expect(transact([put, put])).rejects.toMatchObject({ name: 'Transient', reason: 'throttled' });
    expect(aws.calls()).toHaveLength(1);
  });

  it('hides nothing else', async () => {
    aws.on(TransactWriteCommand).rejects(cancelled('ValidationError', 'None'));
    await expect(transact([put, put])).rejects.toMatchObject({ name: 'TransactionCanceledException' });
    aws.on(TransactWriteCommand).rejects(named('ResourceNotFoundException'));
    await expect(transact([put])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('knows every mix of reasons: one failed condition decides, and only conflicts are tried again', async () => {
    const codes = fc.constantFrom('None', 'ConditionalCheckFailed', 'ThrottlingError', 'ValidationError');
    await fc.assert(
      fc.asyncProperty(fc.array(codes, { minLength: 1, maxLength: 6 }), async (reasons) => {
        fc.pre(reasons.some((code) => code !== 'None'));
        aws.reset();
        aws.on(TransactWriteCommand).rejects(cancelled(...reasons));
        const outcome = await transact(reasons.map(() => put)).catch((error: Error) => error.name);
        expect(aws.calls()).toHaveLength(1);
        if (reasons.includes('ConditionalCheckFailed'))
          expect(outcome).toMatchObject({
            ok: false,
            failed: reasons.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [{ index, code }] : [])),
          });
        else expect(outcome).toBe(reasons.includes('ThrottlingError') ? 'Transient' : 'TransactionCanceledException');
      }),
    );
  });
});

describe('a single write', () => {
  it('takes a failed condition for an answer', async () => {
    const error = Object.assign(named('ConditionalCheckFailedException'), { Item: { n: { N: '3' } } });
    aws.on(UpdateCommand).rejects(error);
    expect(await updateItem({ Key: { pk: 'a', sk: 'b' } })).toEqual({ ok: false, item: { n: 3 } });
  });

  it('tries again where a transaction holds the row', async () => {
    aws
      .on(UpdateCommand)
      .rejectsOnce(named('TransactionConflictException'))
      .resolves({ Attributes: { n: 1 } });
    expect(await updateItem({ Key: { pk: 'a', sk: 'b' } })).toEqual({ ok: true, item: { n: 1 } });
  });

  it('hands throttling back', async () => {
    aws.on(UpdateCommand).rejects(named('ProvisionedThroughputExceededException'));
    await expect(updateItem({ Key: { pk: 'a', sk: 'b' } })).rejects.toMatchObject({ reason: 'throttled' });
  });
});

describe('reading', () => {
  it('follows every page, consistently unless it is an index', async () => {
    aws
      .on(QueryCommand)
      .resolvesOnce({ Items: [{ n: 1 }], LastEvaluatedKey: { pk: 'a', sk: '1' } })
      .resolves({ Items: [{ n: 2 }] });
    expect(await queryAll({ KeyConditionExpression: 'pk = :p' })).toEqual([{ n: 1 }, { n: 2 }]);
    expect(aws.call(1).args[0].input).toMatchObject({ ConsistentRead: true, ExclusiveStartKey: { pk: 'a', sk: '1' } });
    await queryAll({ IndexName: 'waiting' });
    expect(aws.call(2).args[0].input).toMatchObject({ ConsistentRead: false });
  });

  it('asks again for what a batch left out, and for no key twice', async () => {
    const key = { pk: 'a', sk: '1' };
    aws
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: {}, UnprocessedKeys: { books: { Keys: [key] } } })
      .resolves({ Responses: { books: [{ n: 1 }] } });
    expect(await batchGet([key, key])).toEqual([{ n: 1 }]);
    expect(aws.call(0).args[0].input).toMatchObject({ RequestItems: { books: { Keys: [key], ConsistentRead: true } } });
  });

  it('is inconsistent, and half as dear, where it is asked to be', async () => {
    aws.on(BatchGetCommand).resolves({ Responses: { vault: [{ n: 1 }] } });
    expect(await batchGet([{ pk: 'a', sk: '1' }], { table: 'vault', consistent: false })).toEqual([{ n: 1 }]);
    expect(aws.call(0).args[0].input).toMatchObject({ RequestItems: { vault: { ConsistentRead: false } } });
  });

  it('reads a hundred at a time', async () => {
    aws.on(BatchGetCommand).resolves({ Responses: { books: [{}] } });
    await batchGet(Array.from({ length: 250 }, (_, n) => ({ pk: 'a', sk: String(n) })));
    expect(aws.calls()).toHaveLength(3);
  });
});

it('works on so many at once and keeps their order', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([5, 4, 3, 2, 1], 2, async (milliseconds) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    running -= 1;
    return milliseconds;
  });
  expect(results).toEqual([5, 4, 3, 2, 1]);
  expect(most).toBe(2);
});
