/**
 * A thread for the functions behind the door: what is booked and bought takes no turn of the loop that answers
 * requests. It shares the environment with this thread, and with it the stage's clock.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { Call, CallContext } from '../handlers.ts';

/** Without an id: load this file. */
export type Request =
  | { readonly id: number; readonly load: string }
  | { readonly id: number; readonly file: string; readonly event: string; readonly context: CallContext };
/** Errors lose their names between threads, and names decide what a state machine does. */
export type Reply =
  | { readonly id: number; readonly result: string }
  | {
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string; readonly stack?: string };
    };

interface Waiting {
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

type WithoutId<Message> = Message extends unknown ? Omit<Message, 'id'> : never;

export class FunctionThread {
  readonly #worker = new Worker(new URL('./thread-main.ts', import.meta.url), { env: SHARE_ENV, stdout: true });
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor() {
    // Standard output has the ready line and nothing else.
    this.#worker.stdout.pipe(process.stderr, { end: false });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => {
      throw error;
    });
  }

  /** A handler that cannot be loaded fails every call with what was wrong. */
  load(file: string): Call {
    const loading = this.#ask({ load: file });
    loading.catch((error) => console.error(`${file} cannot be loaded:`, error));
    return async (event, context) => {
      await loading;
      return this.#ask({ file, event, context });
    };
  }

  /** What still runs is never heard of again. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: WithoutId<Request>): Promise<string> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...request });
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(Object.assign(new Error(), reply.error));
    else waiting?.resolve(reply.result);
  }
}
