/** Sending e-mail by SES: from addresses of the domains that were verified for this account, whichever they are. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { accept } from '../marks.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';

const IDENTITIES = 'arn:aws:ses:*:*:identity/*';
const CONFIGURATION_SETS = 'arn:aws:ses:*:*:configuration-set/*';

export function allowMail(sender: LingkaranFunction): void {
  sender.addToRolePolicy(
    new PolicyStatement({ actions: ['ses:SendEmail'], resources: [IDENTITIES, CONFIGURATION_SETS] }),
  );
  for (const resource of [IDENTITIES, CONFIGURATION_SETS])
    accept(sender, `AwsSolutions-IAM5[Resource::${resource}]`, 'Which domain mail comes from is a setting.');
}
