/**
 * A thread for the functions behind the door: what is booked and bought takes no turn of the loop that answers
 * requests. It shares the environment with this thread, and with it the stage's clock.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { Ask, DirectAnswer } from '../aws/direct-calls.ts';
import type { Call, CallContext } from '../handlers.ts';

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

/** Where the functions' AWS clients call, which are answered over there. */
export interface Directions {
  readonly endpoint: string;
}
export interface Question {
  readonly asked: number;
  readonly target: string;
  readonly body: string;
}
export interface Answered {
  readonly asked: number;
  readonly answer: DirectAnswer;
}

interface Waiting {
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

type WithoutId<Message> = Message extends unknown ? Omit<Message, 'id'> : never;

export class FunctionThread {
  readonly #worker = new Worker(new URL('./thread-main.ts', import.meta.url), { env: SHARE_ENV, stdout: true });
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #services: Ask | undefined;

  constructor() {
    // Standard output has the ready line and nothing else.
    this.#worker.stdout.pipe(process.stderr, { end: false });
    this.#worker.on('message', (message: Reply | Question) => {
      if ('asked' in message) void this.#answer(message);
      else this.#settle(message);
    });
    this.#worker.on('error', (error) => {
      throw error;
    });
  }

  /** The AWS clients over there are answered by these services, without a connection. */
  callDirectly(endpoint: string, services: Ask): void {
    this.#services = services;
    this.#worker.postMessage({ endpoint } satisfies Directions);
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

  async #answer({ asked, target, body }: Question): Promise<void> {
    const answer = await this.#services?.(target, body);
    if (answer) this.#worker.postMessage({ asked, answer } satisfies Answered);
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(Object.assign(new Error(), reply.error));
    else waiting?.resolve(reply.result);
  }
}
