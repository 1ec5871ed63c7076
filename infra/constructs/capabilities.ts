/** What every capability is built on. */
import type { Books } from './books.ts';
import type { FunctionContext } from './lingkaran-function.ts';
import type { Queues } from './queues.ts';
import type { Secrets } from './secrets.ts';

export interface Capabilities {
  readonly context: FunctionContext;
  readonly books: Books;
  readonly queues: Queues;
  readonly secrets: Secrets;
}
