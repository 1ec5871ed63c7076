/** Donors are told, once for each month, whose cover ends in it and what going on costs. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { allowMail } from './mail.ts';

export class Digests extends Construct {
  readonly digestDonors: LingkaranFunction;

  constructor(scope: Construct, id: string, { context, books, secrets }: Capabilities) {
    super(scope, id);
    this.digestDonors = new LingkaranFunction(this, 'DigestDonors', {
      ...context,
      folder: 'digest-donors',
      timeout: Duration.minutes(15),
      memoryMegabytes: 1024,
    });
    books.allowTable(this.digestDonors, ['read', 'write'], ['cohort']);
    books.allowOpening(this.digestDonors, ['put']);
    books.allowReminders(this.digestDonors, ['read']);
    secrets.allowRead(this.digestDonors, 'identity', 'messaging');
    allowMail(this.digestDonors);
  }
}
