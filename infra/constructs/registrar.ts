/** The exchange with a real office of the registrar: the only way out for people's data, operator by operator. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';

/** An HTTP API gives up after 30 seconds. */
const HTTP_TIMEOUT = Duration.seconds(29);

export class Registrar extends Construct {
  readonly exchangeRegistrar: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, queues, secrets }: Capabilities) {
    super(scope, id);
    this.exchangeRegistrar = new LingkaranFunction(this, 'ExchangeRegistrar', {
      ...context,
      folder: 'exchange-registrar',
      timeout: HTTP_TIMEOUT,
      memoryMegabytes: 1024,
    });
    books.allowTable(this.exchangeRegistrar, ['read', 'write'], ['due']);
    books.allowOpening(this.exchangeRegistrar, []);
    // Numbers of cards are put beside the people, and never taken away.
    books.allowSealing(this.exchangeRegistrar, 'keys');
    queues.allowSend(this.exchangeRegistrar, 'enrolments');
    secrets.allowRead(this.exchangeRegistrar, 'operators', 'intake');
  }
}
