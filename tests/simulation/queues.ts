/**
 * SQS as it may behave at its worst and still be SQS: messages come late, in any order and again after they were
 * handled; a group of a FIFO queue keeps its order and is held back while one of its messages is in hand.
 */
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { Chance } from '../support/random.ts';
import { GroupsInLine, InAnyOrder, type Message } from './waiting-messages.ts';

export interface Sending {
  readonly MessageBody: string;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly DelaySeconds?: number | undefined;
}

const DEDUPLICATION_MILLISECONDS = 300_000;
const MOST_RECEIVES = 5;
/** Of those handled, so many are remembered for a redrive that comes when all is long done. */
const REMEMBERED = 20;

export class SimulatedQueue {
  readonly name: string;
  readonly isFifo: boolean;
  dead: Message[] = [];
  readonly #waiting: InAnyOrder | GroupsInLine;
  readonly #handled: Message[] = [];
  readonly #sentAt = new Map<string, number>();
  #sent = 0;

  constructor(name: string, isFifo: boolean) {
    this.name = name;
    this.isFifo = isFifo;
    this.#waiting = isFifo ? new GroupsInLine() : new InAnyOrder();
  }

  get waiting(): readonly Message[] {
    return this.#waiting.all();
  }

  send({ MessageBody, MessageGroupId, MessageDeduplicationId, DelaySeconds = 0 }: Sending, now: number): void {
    if (this.isFifo && MessageDeduplicationId !== undefined) {
      const before = this.#sentAt.get(MessageDeduplicationId);
      if (before !== undefined && now - before < DEDUPLICATION_MILLISECONDS) return;
      this.#sentAt.set(MessageDeduplicationId, now);
    }
    this.#sent += 1;
    const message = { id: `${this.name}-${this.#sent}`, place: this.#sent, body: MessageBody, receives: 0 };
    this.#waiting.add({ ...message, groupId: MessageGroupId, visibleAt: now + DelaySeconds * 1000 });
  }

  /** Takes some visible messages in hand. */
  receive(now: number, most: number, chance: Chance): Message[] {
    const taken = this.#waiting.take(now, most, chance);
    for (const message of taken) message.receives += 1;
    return taken;
  }

  done(message: Message): void {
    this.#waiting.letGo(message);
    this.#handled.push(message);
    if (this.#handled.length > REMEMBERED) this.#handled.shift();
  }

  /** It was not handled, or nobody said so: it comes again, at last to the dead-letter queue. */
  giveBack(message: Message, visibleAt: number): void {
    this.#waiting.letGo(message);
    if (message.receives >= MOST_RECEIVES) this.dead.push(message);
    else this.#waiting.add({ ...message, visibleAt });
  }

  /** It was handled, and comes once more all the same. */
  comeAgain(message: Message, visibleAt: number): void {
    this.#waiting.add({ ...message, receives: 0, visibleAt });
  }

  /** The dead, and on a stale redrive some that were handled long since, are sent anew. @returns how many */
  redrive(now: number, isStale = false): number {
    const again = isStale ? [...this.dead, ...this.#handled.splice(0)] : this.dead;
    this.dead = [];
    for (const { body, groupId } of again) this.send({ MessageBody: body, MessageGroupId: groupId }, now);
    return again.length;
  }

  /** When something can be received; only the first of a group can. */
  get nextAt(): number | undefined {
    return this.#waiting.nextAt;
  }
}

export function eventOf(queue: SimulatedQueue, messages: readonly Message[]): SQSEvent {
  const arn = `arn:aws:sqs:ap-southeast-3:111111111111:${queue.name}${queue.isFifo ? '.fifo' : ''}`;
  const Records = messages.map(
    ({ id, body, groupId, receives }) =>
      ({
        messageId: id,
        body,
        attributes: { ApproximateReceiveCount: String(receives), MessageGroupId: groupId },
        eventSourceARN: arn,
      }) as unknown as SQSRecord,
  );
  return { Records };
}
