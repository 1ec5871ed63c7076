/** Walks a gift through the functions by hand, so that each can be timed alone; the stage's time stands still. */
import type { APIGatewayProxyEventV2, SQSBatchResponse } from 'aws-lambda';
import { apiEventOf, midtransNotification } from './gifts.ts';
import { CONTEXT, queueEvent, type Surroundings } from './surroundings.ts';

export function standStillAt(time: string): void {
  const stageEpochMs = Date.parse(time);
  process.env.LINGKARAN_CLOCK = JSON.stringify({ realEpochMs: Date.now(), stageEpochMs, speed: 0, alarms: 'stage' });
  process.env.POWERTOOLS_LOG_LEVEL = 'WARN';
}

function allDone(answer: unknown): void {
  if ((answer as SQSBatchResponse).batchItemFailures.length > 0) throw new Error('a message was handed back');
}

/** Books a gift. @returns the message its fund's writer gets */
export async function bookGift(
  surroundings: Surroundings,
  amountRupiah: number,
  atMilliseconds: number,
): Promise<string> {
  const { handler: receive } = await import('../../../functions/receive-webhook/handler.ts');
  const { handler: record } = await import('../../../functions/record-payment/handler.ts');
  const event = apiEventOf(midtransNotification(amountRupiah, atMilliseconds)) as APIGatewayProxyEventV2;
  const { statusCode } = await receive(event, CONTEXT);
  if (statusCode !== 200) throw new Error(`a webhook was answered ${statusCode}`);
  const payment = surroundings.taken(process.env.PAYMENTS_QUEUE_URL ?? '').at(-1) as string;
  allDone(await record(queueEvent([payment]), CONTEXT));
  return surroundings.taken(process.env.FUNDS_QUEUE_URL ?? '').at(-1) as string;
}

/** @returns how long the fund's writer took */
export async function allocate(message: string): Promise<number> {
  const { handler } = await import('../../../functions/allocate-funds/handler.ts');
  const started = performance.now();
  allDone(await handler(queueEvent([message], true), CONTEXT));
  return performance.now() - started;
}
