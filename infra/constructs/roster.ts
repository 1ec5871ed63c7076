/** Lists of workers come in: people into the vault, their place in line into the books. */
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { QUEUES } from './queues.ts';

export class Roster extends Construct {
  readonly importWorkers: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, queues, secrets }: Capabilities) {
    super(scope, id);
    this.importWorkers = new LingkaranFunction(this, 'ImportWorkers', {
      ...context,
      folder: 'import-workers',
      timeout: QUEUES.imports.consumerTimeout,
      memoryMegabytes: 1024,
      isThrifty: true,
    });
    queues.deliver('imports', this.importWorkers);
    books.allowTable(this.importWorkers, ['read', 'write']);
    books.allowSealing(this.importWorkers, 'keys', 'numbers');
    queues.allowSend(this.importWorkers, 'funds');
    secrets.allowRead(this.importWorkers, 'intake', 'identity');
  }
}
