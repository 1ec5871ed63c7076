/**
 * FIFO groups as SQS keeps them: one look takes several messages of a group, in their order, and what comes back stands
 * where it stood. The package takes one of a group at a time, and turns round what comes back together.
 */
import type { Queue, QueuedMessage } from './fauxqs.ts';

/** So many of a group can be in hand, so so many can come back. */
const MOST_IN_HAND = 10;

/** Messages that come back from a consumer are put in front of their group one by one. */
export function keepGroupsInOrder(queue: Queue): void {
  const processTimers = queue.processTimers.bind(queue);
  queue.processTimers = () => {
    processTimers();
    for (const group of queue.fifoMessages.values()) group.unshift(...group.splice(0, MOST_IN_HAND).sort(bySequence));
  };
}

/** Sequence numbers have one length, so they compare as text. */
function bySequence({ sequenceNumber: left = '' }: QueuedMessage, { sequenceNumber: right = '' }: QueuedMessage) {
  return left < right ? -1 : 1;
}

/**
 * @param take one look at the queue: at most so many messages, and one of a group at most
 * @returns at most `count` messages; their groups stay locked until the last of them is done
 */
export function takeFromGroups<Message extends { readonly ReceiptHandle: string }>(
  queue: Queue,
  count: number,
  take: (count: number) => readonly Message[],
): Message[] {
  const taken: Message[] = [];
  const locks = new Map<string, number>();
  for (let found = take(count); found.length > 0; found = take(count - taken.length)) {
    taken.push(...found);
    for (const { ReceiptHandle } of found) {
      const groupId = queue.inflightMessages.get(ReceiptHandle)?.message.messageGroupId ?? '';
      locks.set(groupId, (locks.get(groupId) ?? 0) + 1);
      queue.fifoLockedGroups.delete(groupId);
    }
    if (taken.length === count) break;
  }
  for (const [groupId, messages] of locks) queue.fifoLockedGroups.set(groupId, messages);
  return taken;
}
