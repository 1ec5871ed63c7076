/** Before and after a cover ends: worker and donor are told in time, once. */
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { QUEUES } from './queues.ts';

export class Renewal extends Construct {
  readonly sendNudges: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, queues }: Capabilities) {
    super(scope, id);
    this.sendNudges = new LingkaranFunction(this, 'SendNudges', {
      ...context,
      folder: 'send-nudges',
      timeout: QUEUES.nudges.consumerTimeout,
    });
    queues.deliver('nudges', this.sendNudges);
    books.allowTable(this.sendNudges, ['read']);
    books.allowReminders(this.sendNudges, ['read', 'write']);
    books.allowOpening(this.sendNudges, ['put']);
  }
}
