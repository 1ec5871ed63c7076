/** Ways to break the product on purpose without touching its files: what leaves it is changed on the way. */

import type { QueueName } from '../support/environment.ts';
import type { Notice } from './payment.ts';
import type { Meddle } from './services.ts';

export interface Sabotage {
  readonly meddle?: Meddle;
  /** Messages handed back by the function are deleted all the same. */
  readonly forgetsFailuresOf?: QueueName;
  /** Messages are deleted before they are handled, so a process that dies takes them along. */
  readonly forgetsTheDeadOf?: QueueName;
  readonly neverSweeps?: boolean;
  /** Changes a notice before it is signed: what the product hears then is what it would have made of the true one. */
  readonly mishears?: (notice: Notice) => Notice;
  /** Every release is told of no decree that changes a price. */
  readonly hearsNoDecree?: boolean;
  readonly secrets?: Readonly<Record<string, unknown>>;
}
