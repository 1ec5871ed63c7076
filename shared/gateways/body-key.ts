/** The delivery key of a message that carries no id of its own: the same bytes are the same delivery. */
import { digest } from '../domain/ids.ts';

export function bodyKey(body: Uint8Array): string {
  return `body:${digest(Buffer.from(body).toString('base64'), 40)}`;
}
