/** The AWS clients of the product, answered by this world: every call may fail in each way a call can. */
import { KMSClient } from '@aws-sdk/client-kms';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SentCommand } from '../support/faults.ts';
import type { CallFault, FaultDice } from './fault-dice.ts';
import { Died, presentProcess } from './processes.ts';

export type Input = Record<string, unknown>;
export type Output = Record<string, unknown>;
export type ServiceName = 'table' | 'queue' | 'executions' | 'schedules' | 'secrets' | 'keys';
export type Service = (name: string, input: Input) => Output | Promise<Output>;

/** What a sabotage does to a call: change it, or answer in its place. */
export type Meddle = (service: ServiceName, name: string, input: Input) => Input | { readonly answer: Output };

const CLIENTS: readonly [ServiceName, { readonly prototype: object }][] = [
  ['table', DynamoDBDocumentClient],
  ['queue', SQSClient],
  ['executions', SFNClient],
  ['schedules', SchedulerClient],
  ['secrets', SecretsManagerClient],
  ['keys', KMSClient],
];
const BATCHES: ReadonlySet<string> = new Set(['SendMessageBatch', 'BatchGet']);
const LOSABLE: ReadonlySet<string> = new Set(['table', 'queue', 'executions']);

function failure(name: string, fields: object = {}): Error {
  return Object.assign(new Error(name), { name, $metadata: {}, ...fields });
}

/** What a table says to a writer who met another one. */
function conflictOf(name: string, input: Input): Error {
  if (name !== 'TransactWrite') return failure('TransactionConflictException');
  const count = (input.TransactItems as unknown[]).length;
  const CancellationReasons = Array.from({ length: count }, (_, index) => ({
    Code: index === 0 ? 'TransactionConflict' : 'None',
  }));
  return failure('TransactionCanceledException', { CancellationReasons });
}

export class Services {
  readonly #dice: FaultDice;
  readonly #answer: Readonly<Record<ServiceName, Service>>;
  readonly #meddle: Meddle | undefined;
  /** Time goes by while a call is under way. */
  readonly #tick: () => void;
  calls = 0;

  constructor(
    dice: FaultDice,
    answer: Readonly<Record<ServiceName, Service>>,
    tick: () => void,
    meddle: Meddle | undefined,
  ) {
    this.#tick = tick;
    this.#dice = dice;
    this.#answer = answer;
    this.#meddle = meddle;
  }

  /** Takes the place of every client. @returns how to give it back */
  install(): () => void {
    const restore = CLIENTS.map(([service, { prototype }]) => {
      const own = Object.getOwnPropertyDescriptor(prototype, 'send');
      const send = (command: SentCommand) =>
        this.#send(service, command.constructor.name.replace('Command', ''), command.input as Input);
      Object.defineProperty(prototype, 'send', { value: send, configurable: true, writable: true });
      return () => {
        if (own) Object.defineProperty(prototype, 'send', own);
        else delete (prototype as { send?: unknown }).send;
      };
    });
    return () => {
      for (const give of restore) give();
    };
  }

  async #send(service: ServiceName, name: string, input: Input): Promise<Output> {
    this.calls += 1;
    const meddled = this.#meddle?.(service, name, input) ?? input;
    if ('answer' in meddled) return meddled.answer as Output;
    const process = presentProcess();
    if (!process || !LOSABLE.has(service)) return this.#answer[service](name, meddled);
    if (process.isDead) throw new Died('dead already');
    for (let turns = this.#dice.on ? this.#dice.chance.below(4) : 0; turns > 0; turns -= 1) await undefined;
    if (this.#dice.on && this.#dice.chance.happens(0.2)) this.#tick();
    const fault = this.#dice.forCall();
    if (fault === undefined || (fault === 'batch half done' && !BATCHES.has(name)))
      return this.#answer[service](name, meddled);
    return this.#faulty(fault, service, name, meddled);
  }

  async #faulty(fault: CallFault, service: ServiceName, name: string, input: Input): Promise<Output> {
    const run = () => this.#answer[service](name, input);
    this.#dice.note(fault);
    switch (fault) {
      case 'crash before a call':
        throw this.#die();
      case 'crash after a call':
        await run();
        throw this.#die();
      case 'throttled':
        throw failure(service === 'table' ? 'ProvisionedThroughputExceededException' : 'ThrottlingException');
      case 'conflict':
        throw service === 'table' && !/Get|Query|Scan/.test(name) ? conflictOf(name, input) : failure('TimeoutError');
      case 'connection refused':
        throw failure('TimeoutError');
      case 'answer lost':
        await run();
        throw failure('TimeoutError');
      case 'sent twice by the client':
        // A transaction carries a token of its own; everything else meets what its first try left.
        if (name !== 'TransactWrite') await Promise.resolve(run()).catch(() => undefined);
        return run();
      case 'batch half done':
        return this.#half(service, name, input);
      case 'slow call':
        for (let turns = 60; turns > 0; turns -= 1) await undefined;
        return run();
    }
  }

  #die(): Error {
    const process = presentProcess();
    if (process) process.isDead = true;
    return new Died('died');
  }

  async #half(service: ServiceName, name: string, input: Input): Promise<Output> {
    if (name === 'SendMessageBatch') {
      const entries = input.Entries as { Id: string }[];
      const kept = entries.slice(0, Math.floor(entries.length / 2));
      if (kept.length > 0) await this.#answer[service](name, { ...input, Entries: kept });
      return { Failed: entries.slice(kept.length).map(({ Id }) => ({ Id, Code: 'InternalError' })) };
    }
    const [[table, { Keys: keys }]] = Object.entries(input.RequestItems as object) as [[string, { Keys: unknown[] }]];
    const kept = keys.slice(0, Math.ceil(keys.length / 2));
    const left = keys.slice(kept.length);
    const answer = await this.#answer[service](name, { RequestItems: { [table]: { Keys: kept } } });
    return left.length > 0 ? { ...answer, UnprocessedKeys: { [table]: { Keys: left } } } : answer;
  }
}
