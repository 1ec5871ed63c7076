/** Sends gifts from a process of its own: a gateway is another machine, its work is not the engine's. */
import { Agent } from 'node:http';
import { inParallel } from '../../../shared/parallel.ts';
import { midtransNotification, TERM_RUPIAH } from './gifts.ts';
import { post } from './post.ts';
import type { Order, Sent } from './sender.ts';

const SENDERS = 16;
const agent = new Agent({ keepAlive: true });

process.on('message', async ({ url, gifts, atMilliseconds }: Order) => {
  const notifications = Array.from({ length: gifts }, () => midtransNotification(TERM_RUPIAH, atMilliseconds));
  const answers = await inParallel(notifications, SENDERS, (each) => post(agent, url, each));
  process.send?.({ refused: answers.filter((status) => status !== 200).length } satisfies Sent);
});
process.on('disconnect', () => process.exit(0));
