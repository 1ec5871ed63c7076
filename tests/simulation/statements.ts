/**
 * Settlement statements: what a channel paid out, chunk by chunk as a checked file is cut. They name payments whose
 * notices were lost, and bring marketplaces' money, which no notice does.
 */
import type { Instant } from '../../shared/domain/dates.ts';
import { fileIdOf } from '../../shared/domain/ids.ts';
import { type Rupiah, rupiah } from '../../shared/domain/money.ts';
import type { StatementMessage } from '../../shared/messages.ts';
import { receiveFile } from '../../shared/store/files.ts';
import type { Chance } from '../support/random.ts';
import { isStated, type Payment } from './payment.ts';
import { idsOf, statedReferenceOf } from './senders/all.ts';
import { paidStep } from './senders/sender.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;
const ROWS_A_CHUNK = 20;
const FILE_ID = fileIdOf('settlement_statement', 'simulation', 'all of them');

export interface StatedChunk {
  readonly payments: readonly Payment[];
  readonly sendMilliseconds: number;
}

/** Some days after the last payment it names. */
export function statementsOf(chance: Chance, payments: readonly Payment[]): StatedChunk[] {
  const stated = payments.filter(isStated).sort((a, b) => paidStep(a).atMilliseconds - paidStep(b).atMilliseconds);
  const count = Math.ceil(stated.length / ROWS_A_CHUNK);
  return Array.from({ length: count }, (_, chunk) => {
    const payments = stated.slice(chunk * ROWS_A_CHUNK, (chunk + 1) * ROWS_A_CHUNK);
    const last = paidStep(payments.at(-1) as Payment).atMilliseconds;
    return { payments, sendMilliseconds: last + DAY + chance.below(4 * DAY) };
  });
}

/** Two in a hundred, where its notice named no fee. */
function feeOf({ sender, amount, fee }: Payment): Rupiah {
  return rupiah(sender.startsWith('partner:') ? fee : Math.floor((amount * 2) / 100));
}

function rowOf(payment: Payment, index: number): StatementMessage['rows'][number] {
  const { sender, amount } = payment;
  const paymentId = idsOf(payment)[0] as string;
  return {
    line: index + 2,
    gateway: sender,
    kind: 'paid',
    paymentId,
    effectKey: `${sender}:${paymentId}:paid`,
    amountRupiah: rupiah(amount),
    feeRupiah: feeOf(payment),
    occurredAt: new Date(paidStep(payment).atMilliseconds).toISOString() as Instant,
    channel: 'statement',
    orderReference: statedReferenceOf(payment),
    payoutId: `payout-${sender}`,
  };
}

export class Statements {
  readonly #world: World;
  readonly #toSend: { readonly chunk: number; readonly stated: StatedChunk }[];

  constructor(world: World) {
    this.#world = world;
    this.#toSend = world.scenario.statements
      .map((stated, chunk) => ({ stated, chunk }))
      .sort((a, b) => a.stated.sendMilliseconds - b.stated.sendMilliseconds);
  }

  get nextAt(): number | undefined {
    return this.#toSend[0]?.stated.sendMilliseconds;
  }

  /** The file of which all chunks are parts. */
  async prepare(): Promise<void> {
    const receivedAt = new Date(this.#world.milliseconds).toISOString() as Instant;
    const about = { source: 'midtrans', name: 'statement.csv', key: 'statement.csv' };
    await receiveFile({ fileId: FILE_ID, kind: 'settlement_statement', receivedAt, ...about });
  }

  /** Puts those in the queue whose time has come; whoever cuts a file may die and begin again. */
  send(untilMilliseconds: number): void {
    const { queues, dice, milliseconds } = this.#world;
    while ((this.nextAt ?? Number.POSITIVE_INFINITY) <= untilMilliseconds) {
      const { stated, chunk } = this.#toSend.shift() as { chunk: number; stated: StatedChunk };
      const rows = stated.payments.map(rowOf);
      for (const { isLost } of stated.payments) if (isLost) dice.note('notice lost');
      const message: StatementMessage = { contractVersion: 1, fileId: FILE_ID, chunk, rows, credits: [] };
      const times = dice.happens('file cut twice') ? 2 : 1;
      for (let time = 0; time < times; time += 1)
        queues.statements.send({ MessageBody: JSON.stringify(message) }, milliseconds);
    }
  }
}
