/** The product's functions, which also keep what they write; they run where the engine runs them. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Write } from './replay.ts';

export const CHANNEL = 'recorded-writes';
const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../../functions');
/** Functions behind the door share a thread and its client of the tables: recording begins with any one of them. */
const BEHIND_THE_DOOR = 'record-payment';

/** A folder of functions like the product's. */
export function recordingFunctions(folder: string): string {
  for (const name of readdirSync(FUNCTIONS_FOLDER)) {
    mkdirSync(join(folder, name), { recursive: true });
    const recorder = join(import.meta.dirname, 'recorded-writes.ts');
    const lines = [
      ...(name === BEHIND_THE_DOOR ? [`import '${recorder}';`] : []),
      `export { handler } from '${join(FUNCTIONS_FOLDER, name, 'handler.ts')}';`,
    ];
    writeFileSync(join(folder, name, 'handler.ts'), lines.join('\n'));
  }
  return folder;
}

/** The writes since the last time. */
export function takeWrites(): Promise<Write[]> {
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise((resolve) => {
    channel.onmessage = (message) => {
      channel.close();
      resolve((message as { data: Write[] }).data);
    };
    channel.postMessage('take');
  });
}
