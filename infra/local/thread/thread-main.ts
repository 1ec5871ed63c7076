/** What runs in the thread of the functions: loads them and calls them, as it is asked. */
import { enableCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { DirectAnswer } from '../aws/direct-calls.ts';
import type { Call } from '../handlers.ts';
import type { Answered, Directions, Question, Reply, Request } from './function-thread.ts';

/** `nice` of this thread: enough to come second, and not so much that a busy machine starves it. */
const BEHIND_THE_DOOR = 2;

enableCompileCache();
const { loadHandler } = await import('../handlers.ts');
const { callDirectly } = await import('../aws/direct-calls.ts');
const loaded = new Map<string, Call>();

const questions = new Map<number, (answer: DirectAnswer) => void>();
let asked = 0;

function ask(target: string, body: string): Promise<DirectAnswer> {
  asked += 1;
  const question: Question = { asked, target, body };
  return new Promise((resolve) => {
    questions.set(question.asked, resolve);
    parentPort?.postMessage(question);
  });
}

function heard({ asked: number, answer: given }: Answered): void {
  questions.get(number)?.(given);
  questions.delete(number);
}

async function answer(request: Request): Promise<string> {
  if ('load' in request) {
    loaded.set(request.load, await loadHandler(request.load));
    return '';
  }
  const call = loaded.get(request.file);
  if (!call) throw new Error(`${request.file} was not loaded`);
  return call(request.event, request.context);
}

async function reply(request: Request): Promise<Reply> {
  try {
    return { id: request.id, result: await answer(request) };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { id: request.id, error: { name, message, ...(stack === undefined ? {} : { stack }) } };
  }
}

// The door comes first where both want the processor. On Linux this is of the calling thread alone.
setPriority(BEHIND_THE_DOOR);
process.on('unhandledRejection', (reason) => console.error('a function left a failure behind:', reason));
parentPort?.on('message', (message: Request | Directions | Answered) => {
  if ('asked' in message) heard(message);
  else if ('endpoint' in message) callDirectly(message.endpoint, ask);
  else void reply(message).then((made) => parentPort?.postMessage(made));
});
