/** What runs in the thread of the functions: loads them and calls them, as it is asked. */
import { enableCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { Call } from '../handlers.ts';
import type { Reply, Request } from './function-thread.ts';

/** `nice` of this thread: enough to come second, and not so much that a busy machine starves it. */
const BEHIND_THE_DOOR = 2;

enableCompileCache();
const { loadHandler } = await import('../handlers.ts');
const loaded = new Map<string, Call>();

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
parentPort?.on('message', (request: Request) => {
  void reply(request).then((made) => parentPort?.postMessage(made));
});
