/** One of the two functions a statement goes through, alone in its process. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SQSBatchResponse } from 'aws-lambda';
import { now } from '../../../shared/clock.ts';
import type { CanonicalEvent } from '../../../shared/domain/canonical-event.ts';
import { applyEvent, openDonation } from '../../../shared/domain/donation.ts';
import { unrestrictedFund } from '../../../shared/domain/fund.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { bookEvent } from '../../../shared/store/donations.ts';
import { ensureFund } from '../../../shared/store/funds.ts';
import type { StatementAnswer, StatementTask } from '../parts/statement-file.ts';
import { CONTEXT, queueEvent } from './surroundings.ts';

/** As the template lets that many consumers run. */
const CHUNKS_AT_ONCE = 5;

async function check({ key }: Extract<StatementTask, { kind: 'check' }>): Promise<number> {
  const { handler } = await import('../../../functions/check-file/handler.ts');
  const body = JSON.stringify({ Records: [{ s3: { object: { key } } }] });
  const answer = (await handler(queueEvent([body]), CONTEXT)) as SQSBatchResponse;
  if (answer.batchItemFailures.length > 0) throw new Error('the file was handed back');
  return 1;
}

/** With the fee the statement names, so that nothing is left to book. */
async function bookPayments(count: number): Promise<void> {
  const fundId = await ensureFund(unrestrictedFund('general'));
  for (let index = 0; index < count; index += 1) {
    const event: CanonicalEvent = {
      gateway: 'midtrans',
      kind: 'paid',
      paymentId: `trx-${index}`,
      effectKey: `midtrans:trx-${index}:paid`,
      amountRupiah: rupiah(50_000),
      feeRupiah: rupiah(1_750),
      orderReference: null,
      occurredAt: now(),
      channel: 'gopay',
    };
    const { donation, postings } = applyEvent(openDonation(event, { fundId, pledgeId: null }, now()), event, now());
    await bookEvent(event, null, donation, postings, now());
  }
}

async function settle({ file }: Extract<StatementTask, { kind: 'settle' }>): Promise<number> {
  const { handler } = await import('../../../functions/settle-statement/handler.ts');
  const chunks: string[] = [];
  let done = 0;
  const settleHeld = async () => {
    const answers = await Promise.all(chunks.splice(0).map((chunk) => handler(queueEvent([chunk]), CONTEXT)));
    if (answers.some((answer) => (answer as SQSBatchResponse).batchItemFailures.length > 0))
      throw new Error('a chunk was handed back');
    done += answers.length;
  };
  for await (const chunk of createInterface({ input: createReadStream(file) })) {
    chunks.push(chunk);
    if (chunks.length === CHUNKS_AT_ONCE) await settleHeld();
  }
  await settleHeld();
  return done;
}

process.once('message', async (task: StatementTask) => {
  await import(`../../../functions/${task.kind === 'check' ? 'check-file' : 'settle-statement'}/handler.ts`);
  if (task.kind === 'settle') await bookPayments(task.payments);
  const [started, used] = [performance.now(), process.cpuUsage()];
  const chunks = task.kind === 'check' ? await check(task) : await settle(task);
  const { user, system } = process.cpuUsage(used);
  const answer: StatementAnswer = {
    chunks,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1_000_000,
  };
  process.send?.(answer, () => process.exit(0));
});
