/** From money to cover: whole terms are bought for the next workers in line and handed to the registrar. */
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { QUEUES } from './queues.ts';

export class Allocation extends Construct {
  readonly allocateFunds: LingkaranFunction;
  readonly enrolWorkers: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, queues }: Capabilities) {
    super(scope, id);
    this.allocateFunds = new LingkaranFunction(this, 'AllocateFunds', {
      ...context,
      folder: 'allocate-funds',
      timeout: QUEUES.funds.consumerTimeout,
      memoryMegabytes: 1024,
    });
    queues.deliver('funds', this.allocateFunds);
    books.allowTable(this.allocateFunds, ['read', 'write', 'delete'], ['waiting', 'cohort']);
    queues.allowSend(this.allocateFunds, 'enrolments', 'funds');

    this.enrolWorkers = new LingkaranFunction(this, 'EnrolWorkers', {
      ...context,
      folder: 'enrol-workers',
      timeout: QUEUES.enrolments.consumerTimeout,
    });
    queues.deliver('enrolments', this.enrolWorkers);
    books.allowTable(this.enrolWorkers, ['read', 'write']);
    queues.allowSend(this.enrolWorkers, 'enrolments', 'funds');
  }
}
