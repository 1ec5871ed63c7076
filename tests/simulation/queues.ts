/**
 * SQS as it may behave at its worst and still be SQS: messages come late, in any order and again after they were
 * handled; a group of a FIFO queue keeps its order and is held back while one of its messages is in hand.
 */
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { Chance } from '../support/random.ts';

export interface Message {
  readonly id: string;
  readonly place: number;
  readonly body: string;
  readonly groupId: string | undefined;
  visibleAt: number;
  receives: number;
}

export interface Sending {
  readonly MessageBody: string;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly DelaySeconds?: number | undefined;
}

const DEDUPLICATION_MILLISECONDS = 300_000;
const MOST_RECEIVES = 5;

export class SimulatedQueue {
  readonly name: string;
  readonly isFifo: boolean;
  waiting: Message[] = [];
  dead: Message[] = [];
  readonly #inHand = new Set<Message>();
  readonly #sentAt = new Map<string, number>();
  #sent = 0;

  constructor(name: string, isFifo: boolean) {
    this.name = name;
    this.isFifo = isFifo;
  }

  send({ MessageBody, MessageGroupId, MessageDeduplicationId, DelaySeconds = 0 }: Sending, now: number): void {
    if (this.isFifo && MessageDeduplicationId !== undefined) {
      const before = this.#sentAt.get(MessageDeduplicationId);
      if (before !== undefined && now - before < DEDUPLICATION_MILLISECONDS) return;
      this.#sentAt.set(MessageDeduplicationId, now);
    }
    this.#sent += 1;
    const message = { id: `${this.name}-${this.#sent}`, place: this.#sent, body: MessageBody, receives: 0 };
    this.waiting.push({ ...message, groupId: MessageGroupId, visibleAt: now + DelaySeconds * 1000 });
  }

  /** Takes some visible messages in hand. */
  receive(now: number, most: number, chance: Chance): Message[] {
    const ready = this.isFifo ? this.#firstOfGroups(now) : this.waiting.filter(({ visibleAt }) => visibleAt <= now);
    const from = this.isFifo || ready.length <= most ? 0 : chance.below(ready.length - most + 1);
    const taken = new Set(ready.slice(from, from + most));
    if (taken.size === 0) return [];
    this.waiting = this.waiting.filter((message) => !taken.has(message));
    for (const message of taken) {
      message.receives += 1;
      this.#inHand.add(message);
    }
    return [...taken];
  }

  #firstOfGroups(now: number): Message[] {
    const held = new Set([...this.#inHand].map(({ groupId }) => groupId));
    return this.waiting.filter((message) => {
      if (held.has(message.groupId)) return false;
      if (message.visibleAt > now) held.add(message.groupId);
      return message.visibleAt <= now;
    });
  }

  done(message: Message): void {
    this.#inHand.delete(message);
  }

  /** It was not handled, or nobody said so: it comes again, at last to the dead-letter queue. */
  giveBack(message: Message, visibleAt: number): void {
    this.#inHand.delete(message);
    if (message.receives >= MOST_RECEIVES) {
      this.dead.push(message);
      return;
    }
    message.visibleAt = visibleAt;
    this.waiting.push(message);
    if (this.isFifo) this.waiting.sort((a, b) => a.place - b.place);
  }

  redrive(now: number): number {
    const { dead } = this;
    this.dead = [];
    for (const { body, groupId } of dead) this.send({ MessageBody: body, MessageGroupId: groupId }, now);
    return dead.length;
  }

  /** When something can be received; only the first of a group can. */
  get nextAt(): number | undefined {
    const groups = new Set<string | undefined>();
    let next: number | undefined;
    for (const { visibleAt, groupId } of this.waiting) {
      if (this.isFifo && (groups.has(groupId) || !groups.add(groupId))) continue;
      if (next === undefined || visibleAt < next) next = visibleAt;
    }
    return next;
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
