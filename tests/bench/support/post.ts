/** Posts a notification over a connection that is kept, and says only how it was answered. */
import { type Agent, request } from 'node:http';
import type { Notification } from './gifts.ts';

const PATIENCE_MILLISECONDS = 30_000;

/** @returns the status; 0 where there was no answer */
export function post(agent: Agent, url: string, { path, headers, body }: Notification): Promise<number> {
  return new Promise((resolve) => {
    const options = { agent, method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } };
    const asked = request(url + path, { ...options, timeout: PATIENCE_MILLISECONDS }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', () => resolve(0)).on('timeout', () => asked.destroy(new Error('no answer')));
    asked.end(body);
  });
}
