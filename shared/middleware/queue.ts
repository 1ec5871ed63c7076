/**
 * Stack of the functions behind a queue, with partial batch responses.
 *
 * | what happens to a record        | what becomes of it                                                       |
 * | ------------------------------- | ------------------------------------------------------------------------ |
 * | handled                         | acknowledged                                                             |
 * | cannot be read, or Permanent    | kept in quarantine with its reason, then acknowledged                    |
 * | Duplicate                       | acknowledged, there is nothing to do                                     |
 * | anything else                   | handed back: the queue retries, then moves it to the dead-letter queue   |
 *
 * Each record is read inside its own guard, so one bad record never touches the others (pitfall 5). In a FIFO queue
 * the records of a group run one after the other, and after a failure the later ones of that group are handed back
 * unread, or they would overtake it.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { Duplicate, InvariantBroken, Permanent, Transient } from '../errors.ts';
import { errorFields, type Log, type Meter, SILENT_METER } from '../logger.ts';
import { parseContract, parseJson } from '../parse.ts';
import { observe } from './observe.ts';
import type { Quarantine } from './quarantine.ts';

export interface RecordContext {
  readonly messageId: string;
  /** 1 the first time this record is delivered. */
  readonly receiveCount: number;
}

export interface QueueOptions<Message> {
  /** The queue's name in the design, e.g. `payments`; quarantine shows it. */
  readonly source: string;
  readonly schema: z.ZodType<Message>;
  readonly handle: (message: Message, record: RecordContext) => Promise<unknown>;
  readonly quarantine: Quarantine;
  readonly log: Logger;
  readonly meter?: Meter;
  /** Records of a standard queue in hand at once. */
  readonly concurrency?: number;
}

type Outcome = 'handled' | 'quarantined' | 'duplicate' | 'failed';

const DEFAULT_CONCURRENCY = 10;

export function queueHandler<Message>(options: QueueOptions<Message>) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(observe(options.log))
    .handler((event: SQSEvent) => handleBatch(options, event.Records));
}

async function handleBatch<Message>(
  options: QueueOptions<Message>,
  records: readonly SQSRecord[],
): Promise<SQSBatchResponse> {
  const lanes = lanesOf(records);
  const failed = new Set<string>();
  const waiting = [...lanes];
  const work = async () => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
      for (const record of await handleLane(options, lane)) failed.add(record.messageId);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency ?? DEFAULT_CONCURRENCY, lanes.length) }, work));
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Records that must keep their order share a lane. A fair standard queue has groups too, but they order nothing. */
function lanesOf(records: readonly SQSRecord[]): SQSRecord[][] {
  const lanes = Map.groupBy(records, (record) =>
    record.eventSourceARN?.endsWith('.fifo') ? `group ${record.attributes.MessageGroupId}` : record,
  );
  return [...lanes.values()];
}

/** @returns the records to hand back */
async function handleLane<Message>(options: QueueOptions<Message>, lane: readonly SQSRecord[]): Promise<SQSRecord[]> {
  for (const [index, record] of lane.entries()) {
    const outcome = await handleRecord(options, record);
    options.meter?.count('QueueRecord', { queue: options.source, outcome });
    if (outcome === 'failed') return lane.slice(index);
  }
  return [];
}

async function handleRecord<Message>(options: QueueOptions<Message>, record: SQSRecord): Promise<Outcome> {
  const context = {
    messageId: record.messageId,
    receiveCount: Number(record.attributes?.ApproximateReceiveCount ?? 1),
  };
  try {
    const message = parseContract(options.schema, parseJson(record.body));
    await options.handle(message, context);
    return 'handled';
  } catch (error) {
    return classify(options, record, context, error);
  }
}

async function classify<Message>(
  { source, quarantine, log, meter = SILENT_METER }: QueueOptions<Message>,
  record: SQSRecord,
  context: RecordContext,
  error: unknown,
): Promise<Outcome> {
  const fields = { queue: source, ...context, ...errorFields(error) };
  if (error instanceof Duplicate) {
    log.info('record was done before', fields);
    return 'duplicate';
  }
  if (error instanceof Permanent) return keep({ source, quarantine, log }, record, context, error);
  if (error instanceof InvariantBroken) meter.count('InvariantBroken', { invariant: error.invariant });
  (log as Log)[error instanceof Transient ? 'warn' : 'error']('record handed back', fields);
  return 'failed';
}

/** A record that cannot be put in quarantine is handed back: kept somewhere is the promise (I4). */
async function keep(
  { source, quarantine, log }: Pick<QueueOptions<never>, 'source' | 'quarantine' | 'log'>,
  record: SQSRecord,
  context: RecordContext,
  error: Permanent,
): Promise<Outcome> {
  const why = { reason: error.reason, ...(error.field === undefined ? {} : { field: error.field }) };
  try {
    await quarantine({ source, ...why, detail: error.message, body: record.body, ...context });
    log.warn('record kept in quarantine', { queue: source, ...context, ...why });
    return 'quarantined';
  } catch (failure) {
    log.error('quarantine failed', { queue: source, ...context, ...errorFields(failure) });
    return 'failed';
  }
}
