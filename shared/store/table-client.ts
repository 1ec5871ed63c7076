/** The one client of DynamoDB, and what a failed call means: contention and throttling are Transient. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Logger } from '@smithy/types';
import { Transient } from '../errors.ts';
import { measureCapacity } from './capacity.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Row = Record<string, unknown>;

/** Requests name no table: it is the main one unless they do. */
export type OnTable<Input> = Omit<Input, 'TableName'> & { TableName?: string };

export const CONFLICT_TRIES = 6;
const FIRST_BACKOFF_MILLISECONDS = 20;
export const THROTTLES = /^(ThrottlingError|ThrottlingException|ProvisionedThroughputExceeded|RequestLimitExceeded)/;

/**
 * The client hands every answer to its logger, filtered row by row, even where the logger does nothing with it: half of
 * the time of a scan. A logger without `info` is not asked.
 */
const QUIET = { debug() {}, warn() {}, error() {} } as unknown as Logger;

let documentClient: DynamoDBDocumentClient | undefined;

export function client(): DynamoDBDocumentClient {
  if (documentClient) return documentClient;
  documentClient = DynamoDBDocumentClient.from(new DynamoDBClient({ logger: QUIET }), {
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: false },
  });
  measureCapacity(documentClient);
  return documentClient;
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export function tableName(): string {
  return fromEnvironment('TABLE_NAME');
}

export function remindersTableName(): string {
  return fromEnvironment('REMINDERS_TABLE_NAME');
}

export function vaultTableName(): string {
  return fromEnvironment('VAULT_TABLE_NAME');
}

/** Full jitter: two writers of one row do not meet again at once. */
export function backOff(attempt: number): Promise<void> {
  return sleep(Math.random() * FIRST_BACKOFF_MILLISECONDS * 2 ** attempt);
}

/** Runs one call; a conflict with a transaction is tried again in place, for the whole work would be redone otherwise. */
export async function call<Output>(send: () => Promise<Output>): Promise<Output> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const name = (error as Error).name;
      if (THROTTLES.test(name)) throw new Transient('throttled', { cause: error });
      if (name !== 'TransactionConflictException' && name !== 'TransactionInProgressException') throw error;
      if (attempt + 1 >= CONFLICT_TRIES) throw new Transient('contention', { cause: error });
      await backOff(attempt);
    }
  }
}
