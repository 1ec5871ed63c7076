/** The way in: a gateway's call becomes a queued event, and the event becomes a booked donation. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { QUEUES } from './queues.ts';
import { GATEWAY_SECRET_NAMES } from './secrets.ts';

export class Ingestion extends Construct {
  readonly receiveWebhook: LingkaranFunction;
  readonly recordPayment: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, queues, secrets }: Capabilities) {
    super(scope, id);
    this.receiveWebhook = new LingkaranFunction(this, 'ReceiveWebhook', {
      ...context,
      folder: 'receive-webhook',
      timeout: Duration.seconds(15),
      memoryMegabytes: 1024,
    });
    queues.allowSend(this.receiveWebhook, 'payments');
    secrets.allowRead(this.receiveWebhook, ...GATEWAY_SECRET_NAMES, 'intake');

    this.recordPayment = new LingkaranFunction(this, 'RecordPayment', {
      ...context,
      folder: 'record-payment',
      timeout: QUEUES.payments.consumerTimeout,
    });
    queues.deliver('payments', this.recordPayment);
    books.allowTable(this.recordPayment, ['read', 'write']);
    books.allowSealing(this.recordPayment, 'keys', 'contacts');
    queues.allowSend(this.recordPayment, 'funds', 'files');
    secrets.allowRead(this.recordPayment, ...GATEWAY_SECRET_NAMES, 'intake', 'identity');
  }
}
