import type { Context, SQSRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Duplicate, InvariantBroken, Permanent, Transient } from '../../../shared/errors.ts';
import type { QuarantineInput } from '../../../shared/middleware/quarantine.ts';
import { queueHandler } from '../../../shared/middleware/queue.ts';
import { recordingLogger } from './recording-logger.ts';

const schema = z.object({ contractVersion: z.literal(1), id: z.string() });

function record(messageId: string, body: unknown, { group, fifo = false }: { group?: string; fifo?: boolean } = {}) {
  return {
    messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '3', ...(group ? { MessageGroupId: group } : {}) },
    eventSourceARN: `arn:aws:sqs:ap-southeast-3:111111111111:funds${fifo ? '.fifo' : ''}`,
  } as unknown as SQSRecord;
}

const good = (id: string) => ({ contractVersion: 1, id });

type Options = Parameters<typeof queueHandler<{ contractVersion: 1; id: string }>>[0];

function setUp(
  handle: Options['handle'],
  { quarantineFails = false, ...more }: Partial<Options> & { quarantineFails?: boolean } = {},
) {
  const quarantined: QuarantineInput[] = [];
  const counts: unknown[] = [];
  const { log, lines } = recordingLogger();
  const handler = queueHandler({
    source: 'funds',
    schema,
    handle,
    quarantine: async (input) => {
      if (quarantineFails) throw new Transient('throttled');
      quarantined.push(input);
    },
    log,
    meter: {
      count: (name, dimensions, amount) => counts.push([name, dimensions, ...((amount ?? 1) === 1 ? [] : [amount])]),
    },
    ...more,
  });
  const run = async (...records: SQSRecord[]) => {
    const response = await handler({ Records: records }, { awsRequestId: 'r-1' } as Context);
    return response.batchItemFailures.map((item) => item.itemIdentifier);
  };
  return { run, quarantined, counts, lines };
}

describe('a queue stack', () => {
  it('acknowledges what was handled, with the receive count at hand', async () => {
    const handle = vi.fn(async () => undefined);
    const { run } = setUp(handle);
    expect(await run(record('m1', good('a')), record('m2', good('b')))).toEqual([]);
    expect(handle).toHaveBeenCalledWith(good('a'), { messageId: 'm1', receiveCount: 3 }, undefined);
  });

  it('keeps k unreadable of n in quarantine and handles the other n - k', async () => {
    const done: string[] = [];
    const { run, quarantined } = setUp(async ({ id }) => done.push(id));
    const failures = await run(
      record('m1', 'not json {"name":"Siti"}'),
      record('m2', good('b')),
      record('m3', { contractVersion: 2, id: 'c' }),
      record('m4', { contractVersion: 1, id: 7 }),
      record('m5', good('e')),
    );
    expect(failures).toEqual([]);
    expect(done).toEqual(['b', 'e']);
    expect(quarantined.map(({ messageId, reason, field }) => [messageId, reason, field])).toEqual([
      ['m1', 'malformed_body', undefined],
      ['m3', 'contract_version_unknown', 'contractVersion'],
      ['m4', 'field_invalid', 'id'],
    ]);
    expect(quarantined[0]).toMatchObject({ source: 'funds', receiveCount: 3, body: 'not json {"name":"Siti"}' });
  });

  it('treats each class of error as the table says', async () => {
    const errors: Record<string, unknown> = {
      permanent: new Permanent('currency_not_idr', { field: 'currency' }),
      duplicate: new Duplicate(),
      transient: new Transient('contention'),
      broken: new InvariantBroken('I2', 'does not add up'),
      unknown: new TypeError('x is not a function'),
      thrownText: 'text',
    };
    const { run, quarantined, counts } = setUp(async ({ id }) => {
      if (errors[id]) throw errors[id];
    });
    const ids = ['fine', ...Object.keys(errors)];
    expect(await run(...ids.map((id) => record(id, good(id))))).toEqual([
      'transient',
      'broken',
      'unknown',
      'thrownText',
    ]);
    expect(quarantined).toMatchObject([{ messageId: 'permanent', reason: 'currency_not_idr', field: 'currency' }]);
    expect(counts).toContainEqual(['InvariantBroken', { invariant: 'I2' }]);
  });

  it('hands a record back when quarantine itself fails', async () => {
    const { run } = setUp(async () => undefined, { quarantineFails: true });
    expect(await run(record('m1', '{'))).toEqual(['m1']);
  });

  it('hands back the later records of a FIFO group after a failure, and no others', async () => {
    const seen: string[] = [];
    const { run } = setUp(async ({ id }) => {
      seen.push(id);
      if (id === 'a2') throw new Transient('contention');
      if (id === 'b1') throw new Permanent('field_invalid');
    });
    const fifo = (id: string, group: string) => record(id, good(id), { group, fifo: true });
    const failures = await run(fifo('a1', 'a'), fifo('b1', 'b'), fifo('a2', 'a'), fifo('a3', 'a'), fifo('b2', 'b'));
    expect(failures).toEqual(['a2', 'a3']);
    expect(seen.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2']);
    expect(seen).toContain('b2');
  });

  it('does not hold up a fair standard queue: its groups order nothing', async () => {
    const { run } = setUp(async ({ id }) => {
      if (id === 'a') throw new Transient('contention');
    });
    const grouped = (id: string) => record(id, good(id), { group: 'midtrans' });
    expect(await run(grouped('a'), grouped('b'))).toEqual(['a']);
  });

  it('keeps at most ten records in hand', async () => {
    let inHand = 0;
    let most = 0;
    const { run } = setUp(async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inHand -= 1;
    });
    await run(...Array.from({ length: 40 }, (_, index) => record(`m${index}`, good(`${index}`))));
    expect(most).toBe(10);
  });

  it('logs no content of a body it could not read (I9)', async () => {
    const { run, lines } = setUp(async () => {
      JSON.parse('Siti Rahayu');
    });
    await run(record('m1', 'Siti Rahayu'), record('m2', good('a')));
    expect(lines.length).toBeGreaterThan(1);
    expect(JSON.stringify(lines)).not.toContain('Siti');
  });
});

describe('a function that does better with several records at once', () => {
  const fifo = (id: string, group: string) => record(id, good(id), { group, fifo: true });
  const groups = [fifo('a1', 'a'), fifo('b1', 'b'), fifo('a2', 'a'), fifo('a3', 'a')];

  it('is handed a FIFO group as a whole, in its order', async () => {
    const together: string[][] = [];
    const alone: string[] = [];
    const { run, counts } = setUp(async ({ id }) => alone.push(id), {
      handleTogether: async (messages) => together.push(messages.map(({ id }) => id)),
    });
    expect(await run(...groups)).toEqual([]);
    expect([together, alone]).toEqual([[['a1', 'a2', 'a3']], ['b1']]);
    expect(counts).toContainEqual(['QueueRecord', { queue: 'funds', outcome: 'handled' }, 3]);
  });

  it('gets each by itself where that fails: one bad record stops those after it, and no others', async () => {
    const alone: string[] = [];
    const { run } = setUp(
      async ({ id }) => {
        if (id === 'a2') throw new Transient('contention');
        alone.push(id);
      },
      { handleTogether: () => Promise.reject(new Transient('contention')) },
    );
    expect(await run(...groups)).toEqual(['a2', 'a3']);
    expect(alone.sort()).toEqual(['a1', 'b1']);
  });

  it('never sees a group with a record that cannot be read: that goes into quarantine, the others are handled', async () => {
    const alone: string[] = [];
    const handleTogether = vi.fn(async () => undefined);
    const { run, quarantined } = setUp(async ({ id }) => alone.push(id), { handleTogether });
    expect(await run(fifo('a1', 'a'), record('bad', '{', { group: 'a', fifo: true }), fifo('a3', 'a'))).toEqual([]);
    expect([alone, handleTogether.mock.calls]).toEqual([['a1', 'a3'], []]);
    expect(quarantined).toMatchObject([{ messageId: 'bad' }]);
  });

  it('prepares for all readable records at once', async () => {
    const prepare = vi.fn(async (messages: readonly unknown[]) => messages.length);
    const seen: unknown[] = [];
    const { run } = setUp(async (_message, _record, prepared) => seen.push(prepared), { prepare: prepare as never });
    await run(record('m1', good('a')), record('m2', '{'), record('m3', good('c')));
    expect(prepare.mock.calls).toEqual([[[good('a'), good('c')]]]);
    expect(seen).toEqual([2, 2]);
  });

  it('handles each record unprepared where preparing fails', async () => {
    const seen: unknown[] = [];
    const { run } = setUp(async ({ id }, _record, prepared) => seen.push([id, prepared]), {
      prepare: () => Promise.reject(new Transient('throttled')),
    });
    expect(await run(record('m1', good('a')))).toEqual([]);
    expect(seen).toEqual([['a', undefined]]);
  });

  it('finishes for all that were handled, and hands back those alone where that fails', async () => {
    const finished: unknown[] = [];
    let isDown = false;
    const { run, counts } = setUp(
      async ({ id }) => {
        if (id === 'bad') throw new Permanent('field_invalid');
        return `left by ${id}`;
      },
      {
        finish: async (left) => {
          if (isDown) throw new Transient('throttled');
          finished.push(left);
        },
      },
    );
    const records = [record('m1', good('a')), record('m2', good('bad')), record('m3', good('c'))];
    expect(await run(...records)).toEqual([]);
    expect(finished).toEqual([['left by a', 'left by c']]);
    isDown = true;
    expect(await run(...records)).toEqual(['m1', 'm3']);
    expect(counts).toContainEqual(['QueueRecord', { queue: 'funds', outcome: 'failed' }, 2]);
  });
});
