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
 * unread, or they would overtake it. A function that does better with several records at once says so: what they need
 * is read for all (`prepare`), what they leave to be done is done for all (`finish`), a group is handed over as a whole
 * (`handleTogether`).
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { Duplicate, InvariantBroken, Permanent, Transient } from '../errors.ts';
import { errorFields, type Log, type Meter, SILENT_METER } from '../logger.ts';
import { inParallel } from '../parallel.ts';
import { parseContract, parseJson } from '../parse.ts';
import { observe } from './observe.ts';
import type { Quarantine } from './quarantine.ts';

export interface RecordContext {
  readonly messageId: string;
  /** 1 the first time this record is delivered. */
  readonly receiveCount: number;
}

export interface QueueOptions<Message, Left = unknown, Prepared = unknown> {
  /** The queue's name in the design, e.g. `payments`; quarantine shows it. */
  readonly source: string;
  readonly schema: z.ZodType<Message>;
  /** What the readable records of a batch need; where it throws, each sees to itself. */
  readonly prepare?: (messages: readonly Message[]) => Promise<Prepared>;
  readonly handle: (message: Message, record: RecordContext, prepared: Prepared | undefined) => Promise<Left>;
  /**
   * All records of a FIFO group at once. Where it throws, each is handled by itself, so that one bad record stops only
   * those after it; what it had done by then must be harmless to do twice.
   */
  readonly handleTogether?: (messages: readonly Message[]) => Promise<unknown>;
  /** For a standard queue: what its handled records left to be done. Where it throws, those records are handed back. */
  readonly finish?: (left: readonly Left[]) => Promise<unknown>;
  readonly quarantine: Quarantine;
  readonly log: Logger;
  readonly meter?: Meter;
  /** Records of a standard queue in hand at once. */
  readonly concurrency?: number;
}

type Outcome = 'handled' | 'quarantined' | 'duplicate' | 'failed';

interface ReadRecord<Message> {
  readonly record: SQSRecord;
  readonly context: RecordContext;
  /** Or why it cannot be read. */
  readonly message: { readonly value: Message } | { readonly error: unknown };
}

const DEFAULT_CONCURRENCY = 10;

export function queueHandler<Message, Left = unknown, Prepared = unknown>(
  options: QueueOptions<Message, Left, Prepared>,
) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(observe(options.log))
    .handler((event: SQSEvent) =>
      new Batch(
        options,
        event.Records.map((record) => read(options, record)),
      ).handle(),
    );
}

function read<Message>({ schema }: { schema: z.ZodType<Message> }, record: SQSRecord): ReadRecord<Message> {
  const receiveCount = Number(record.attributes?.ApproximateReceiveCount ?? 1);
  const context = { messageId: record.messageId, receiveCount };
  try {
    return { record, context, message: { value: parseContract(schema, parseJson(record.body)) } };
  } catch (error) {
    return { record, context, message: { error } };
  }
}

function messagesOf<Message>(records: readonly ReadRecord<Message>[]): Message[] {
  return records.flatMap(({ message }) => ('value' in message ? [message.value] : []));
}

/** Records that must keep their order share a lane. A fair standard queue has groups too, but they order nothing. */
function lanesOf<Message>(records: readonly ReadRecord<Message>[]): ReadRecord<Message>[][] {
  const lanes = Map.groupBy(records, ({ record }) =>
    record.eventSourceARN?.endsWith('.fifo') ? `group ${record.attributes.MessageGroupId}` : record,
  );
  return [...lanes.values()];
}

class Batch<Message, Left, Prepared> {
  readonly #options: QueueOptions<Message, Left, Prepared>;
  readonly #records: readonly ReadRecord<Message>[];
  readonly #failed = new Set<ReadRecord<Message>>();
  readonly #left = new Map<ReadRecord<Message>, Left>();

  constructor(options: QueueOptions<Message, Left, Prepared>, records: readonly ReadRecord<Message>[]) {
    this.#options = options;
    this.#records = records;
  }

  async handle(): Promise<SQSBatchResponse> {
    const prepared = await this.#prepare();
    const limit = this.#options.concurrency ?? DEFAULT_CONCURRENCY;
    await inParallel(lanesOf(this.#records), limit, (lane) => this.#handleLane(lane, prepared));
    await this.#finish();
    return { batchItemFailures: [...this.#failed].map(({ context }) => ({ itemIdentifier: context.messageId })) };
  }

  async #prepare(): Promise<Prepared | undefined> {
    const { prepare, source, log } = this.#options;
    const messages = messagesOf(this.#records);
    if (!prepare || messages.length === 0) return undefined;
    try {
      return await prepare(messages);
    } catch (error) {
      log.info('nothing was prepared', { queue: source, ...errorFields(error) });
      return undefined;
    }
  }

  async #handleLane(lane: readonly ReadRecord<Message>[], prepared: Prepared | undefined): Promise<void> {
    if (await this.#areHandledTogether(lane)) return;
    for (const [index, one] of lane.entries()) {
      const outcome = await this.#handleOne(one, prepared);
      this.#count(outcome);
      if (outcome !== 'failed') continue;
      for (const later of lane.slice(index)) this.#failed.add(later);
      return;
    }
  }

  async #areHandledTogether(lane: readonly ReadRecord<Message>[]): Promise<boolean> {
    const { handleTogether, source, log } = this.#options;
    const messages = messagesOf(lane);
    if (!handleTogether || messages.length === 1 || messages.length < lane.length) return false;
    try {
      await handleTogether(messages);
      this.#count('handled', lane.length);
      return true;
    } catch (error) {
      log.info('records are handled one by one', { queue: source, ...errorFields(error) });
      return false;
    }
  }

  async #handleOne(one: ReadRecord<Message>, prepared: Prepared | undefined): Promise<Outcome> {
    const { record, context, message } = one;
    try {
      if ('error' in message) throw message.error;
      this.#left.set(one, await this.#options.handle(message.value, context, prepared));
      return 'handled';
    } catch (error) {
      return classify(this.#options, record, context, error);
    }
  }

  async #finish(): Promise<void> {
    const { finish, source, log } = this.#options;
    if (!finish || this.#left.size === 0) return;
    try {
      await finish([...this.#left.values()]);
    } catch (error) {
      this.#count('failed', this.#left.size);
      for (const one of this.#left.keys()) {
        this.#failed.add(one);
        log.warn('record handed back', { queue: source, ...one.context, ...errorFields(error) });
      }
    }
  }

  #count(outcome: Outcome, records = 1): void {
    this.#options.meter?.count('QueueRecord', { queue: this.#options.source, outcome }, records);
  }
}

type Classifying = Pick<QueueOptions<never>, 'source' | 'quarantine' | 'log' | 'meter'>;

async function classify(
  { source, quarantine, log, meter = SILENT_METER }: Classifying,
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
  { source, quarantine, log }: Classifying,
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
