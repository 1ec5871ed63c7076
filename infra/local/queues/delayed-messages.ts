/** Messages sent with a delay wait here for the stage's clock, and are in the queue only when their time has come. */
import type { AlarmSource } from '../alarms.ts';
import type { Database } from '../database.ts';
import type { QueueStore, SqsAnswer } from './queue-store.ts';

export type SendEntry = Readonly<Record<string, unknown>>;

interface DelayedRow {
  readonly id: number;
  readonly queue_name: string;
  readonly entry: string;
}

export class DelayedMessages implements AlarmSource {
  readonly #database: Database;
  readonly #queues: QueueStore;

  constructor(database: Database, queues: QueueStore) {
    this.#database = database;
    this.#queues = queues;
  }

  hold(queueName: string, dueMilliseconds: number, entry: SendEntry): void {
    this.#database
      .prepare('INSERT INTO delayed_messages (queue_name, due_ms, entry) VALUES (?, ?, ?)')
      .run(queueName, Math.ceil(dueMilliseconds), JSON.stringify(entry));
  }

  count(queueName: string): number {
    const row = this.#database
      .prepare('SELECT count(*) AS held FROM delayed_messages WHERE queue_name = ?')
      .get(queueName) as { held: number };
    return row.held;
  }

  next(): number | undefined {
    const row = this.#database.prepare('SELECT min(due_ms) AS due FROM delayed_messages').get() as {
      due: number | null;
    };
    return row.due ?? undefined;
  }

  async ring(nowMilliseconds: number): Promise<void> {
    const rows = this.#database
      .prepare('SELECT id, queue_name, entry FROM delayed_messages WHERE due_ms <= ? ORDER BY due_ms, id')
      .all(nowMilliseconds) as unknown as DelayedRow[];
    for (const row of rows) {
      const answer = await this.#send(row);
      if (answer.status !== 200)
        console.error(`a delayed message is lost, ${row.queue_name} refused it: ${answer.body.message}`);
      // Only now: killed in between, it is sent twice, which queues may do anyway.
      this.#database.prepare('DELETE FROM delayed_messages WHERE id = ?').run(row.id);
    }
  }

  #send({ queue_name, entry }: DelayedRow): Promise<SqsAnswer> {
    const { Id: _id, DelaySeconds: _delay, ...message } = JSON.parse(entry) as Record<string, unknown>;
    return this.#queues.call('SendMessage', {
      ...message,
      QueueUrl: this.#queues.byName(queue_name).url,
      DelaySeconds: 0,
    });
  }
}
