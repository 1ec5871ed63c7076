/** What anybody may open: pledges, the proof of what a gift paid for, and the page where a worker pays on. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';

export class PublicPages extends Construct {
  readonly servePublic: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, queues, secrets }: Capabilities) {
    super(scope, id);
    this.servePublic = new LingkaranFunction(this, 'ServePublic', {
      ...context,
      folder: 'serve-public',
      timeout: Duration.seconds(15),
    });
    books.allowTable(this.servePublic, ['read', 'write']);
    // A worker chooses what money buys that waits: its fund's writer is asked.
    queues.allowSend(this.servePublic, 'funds');
    books.allowSealing(this.servePublic, 'keys', 'contacts');
    // `intake`: the keys of pay links; `gateways/midtrans`: virtual accounts for workers who pay.
    secrets.allowRead(this.servePublic, 'identity', 'intake', 'gateways/midtrans');
  }
}
