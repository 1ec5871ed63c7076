/** A gateway that sends gifts of one term, sixteen at a time. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Order {
  readonly url: string;
  readonly gifts: number;
  readonly atMilliseconds: number;
}
export interface Sent {
  readonly refused: number;
}

export class Sender {
  readonly #child = fork(join(import.meta.dirname, 'sender-process.ts'), { stdio: ['ignore', 2, 2, 'ipc'] });

  /** Resolves when all were answered. */
  async send(order: Order): Promise<void> {
    this.#child.send(order);
    const ended = once(this.#child, 'exit').then(([code]) => Promise.reject(new Error(`the sender ended: ${code}`)));
    const [{ refused }] = (await Promise.race([once(this.#child, 'message'), ended])) as [Sent];
    if (refused > 0) throw new Error(`${refused} webhooks were not taken`);
  }

  stop(): void {
    this.#child.disconnect();
  }
}
