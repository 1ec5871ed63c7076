import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Duplicate, InvariantBroken, Permanent, Transient } from '../../../shared/errors.ts';
import { errorFields } from '../../../shared/logger.ts';
import { httpHandler } from '../../../shared/middleware/http.ts';
import { scheduleHandler } from '../../../shared/middleware/schedule.ts';
import { taskHandler } from '../../../shared/middleware/task.ts';
import { recordingLogger } from './recording-logger.ts';

const context = { awsRequestId: 'lambda-1' } as Context;
const request = { requestContext: { requestId: 'req-1' } } as APIGatewayProxyEventV2;

describe('an HTTP stack', () => {
  const answer = async (thrown: unknown) => {
    const { log } = recordingLogger();
    const handler = httpHandler({
      log,
      handle: async () => {
        throw thrown;
      },
    });
    const response = await handler(request, context);
    return { ...response, problem: JSON.parse(response.body ?? '') };
  };

  it('passes an answer on with the request id', async () => {
    const { log } = recordingLogger();
    const handler = httpHandler({ log, handle: async () => ({ statusCode: 204, headers: { 'x-own': '1' } }) });
    expect(await handler(request, context)).toEqual({
      statusCode: 204,
      headers: { 'x-own': '1', 'x-request-id': 'req-1' },
    });
  });

  it('explains a refusal and names the field', async () => {
    const { statusCode, headers, problem } = await answer(new Permanent('amount_invalid', { field: 'amountRupiah' }));
    expect(statusCode).toBe(400);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-request-id': 'req-1' });
    expect(problem).toMatchObject({
      type: 'urn:lingkaran:problem:amount_invalid',
      status: 400,
      reason: 'amount_invalid',
      errors: [{ field: 'amountRupiah', reason: 'amount_invalid' }],
      requestId: 'req-1',
    });
  });

  it.each([
    [new Permanent('not_found'), 404],
    [new Permanent('not_allowed'), 403],
    [new Permanent('body_too_large'), 413],
    [new Duplicate(), 409],
    [new Transient('contention'), 503],
    [new InvariantBroken('I1', 'sum is 1'), 500],
    [new Error('secret detail of Siti'), 500],
  ])('answers %s with %i', async (thrown, status) => {
    const { statusCode, body } = await answer(thrown);
    expect(statusCode).toBe(status);
    expect(body).not.toContain('Siti');
    expect(body).not.toContain('sum is 1');
  });

  it('tells a caller when to come back', async () => {
    expect((await answer(new Transient('throttled'))).headers).toMatchObject({ 'retry-after': '5' });
  });
});

describe('a task stack', () => {
  const task = (handle: (input: { n: number }) => Promise<unknown>) =>
    taskHandler({ schema: z.object({ n: z.int() }), handle, log: recordingLogger().log });

  it('hands parsed input over and the result back', async () => {
    expect(await task(async ({ n }) => n + 1)({ n: 1, extra: true }, context)).toBe(2);
  });

  it('refuses input it cannot read, for good', async () => {
    await expect(task(async () => 0)({ n: 'x' }, context)).rejects.toMatchObject({ name: 'Permanent', field: 'n' });
  });

  it.each([
    [new Permanent('not_found'), 'Permanent'],
    [new Transient('throttled'), 'Transient'],
    [new InvariantBroken('I3', 'paid twice'), 'InvariantBroken'],
    [new TypeError('oops'), 'Transient'],
  ])('lets %s out under the name Retry matches: %s', async (thrown, name) => {
    const run = task(async () => {
      throw thrown;
    });
    await expect(run({ n: 1 }, context)).rejects.toMatchObject({ name });
  });

  it('takes a duplicate for success', async () => {
    const run = task(async () => {
      throw new Duplicate();
    });
    expect(await run({ n: 1 }, context)).toEqual({ alreadyDone: true });
  });
});

describe('a schedule stack', () => {
  it('runs on any event and classifies failures', async () => {
    const { log } = recordingLogger();
    expect(await scheduleHandler({ log, handle: async () => 'swept' })({ anything: 1 }, context)).toBe('swept');
    const failing = scheduleHandler({
      log,
      handle: async () => {
        throw new RangeError('x');
      },
    });
    await expect(failing({}, context)).rejects.toMatchObject({ name: 'Transient', reason: 'unexpected_failure' });
  });
});

describe('what is logged of an error', () => {
  it('is the class and the frames of a foreign one, never its message (I9)', () => {
    let thrown: unknown;
    try {
      JSON.parse('Siti Rahayu 08123');
    } catch (error) {
      thrown = new Transient('unexpected_failure', { cause: error });
    }
    const text = JSON.stringify(errorFields(thrown));
    expect(text).toContain('SyntaxError');
    expect(text).toContain('unexpected_failure');
    expect(text).not.toContain('Siti');
    expect(errorFields('text')).toEqual({ errorName: 'string' });
  });
});
