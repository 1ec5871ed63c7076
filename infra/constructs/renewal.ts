/** Before and after a cover ends the worker is told in time, once; what becomes of messages comes back. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { MailEvents } from './mail.ts';
import { QUEUES } from './queues.ts';

/** Providers wait longer; one that hears nothing comes again. */
const ANSWERED_WITHIN = Duration.seconds(15);

export class Renewal extends Construct {
  readonly sendNudges: LingkaranFunction;
  readonly receiveReceipts: LingkaranFunction;
  /** Where e-mail is configured. */
  readonly mailEvents: MailEvents | undefined;

  constructor(scope: Construct, id: string, capabilities: Capabilities) {
    super(scope, id);
    this.sendNudges = this.#sendNudges(capabilities);
    this.receiveReceipts = this.#receiveReceipts(capabilities);
    const { configurationSet } = capabilities.context.stage.settings.messaging.email ?? {};
    this.mailEvents = configurationSet
      ? new MailEvents(this, 'MailEvents', { configurationSet, receiver: this.receiveReceipts })
      : undefined;
  }

  #sendNudges({ context, books, queues, secrets }: Capabilities): LingkaranFunction {
    const send = new LingkaranFunction(this, 'SendNudges', {
      ...context,
      folder: 'send-nudges',
      timeout: QUEUES.nudges.consumerTimeout,
    });
    queues.deliver('nudges', send);
    queues.allowSend(send, 'nudges');
    books.allowTable(send, ['read']);
    books.allowReminders(send, ['read', 'write']);
    books.allowOpening(send, ['put']);
    secrets.allowRead(send, 'messaging', 'intake', 'identity');
    return send;
  }

  #receiveReceipts({ context, books, queues, secrets }: Capabilities): LingkaranFunction {
    const receive = new LingkaranFunction(this, 'ReceiveReceipts', {
      ...context,
      folder: 'receive-receipts',
      timeout: ANSWERED_WITHIN,
    });
    queues.allowSend(receive, 'nudges');
    // The table of a call that names none.
    books.allowTable(receive, ['read']);
    books.allowReminders(receive, ['put']);
    books.allowSuppressions(receive);
    secrets.allowRead(receive, 'messaging', 'identity');
    return receive;
  }
}
