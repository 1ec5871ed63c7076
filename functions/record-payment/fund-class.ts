/**
 * A partner's file names its payments without the class of their money, which the configuration has. Zakat stays zakat,
 * whoever tells of it first (domain rule 3.2.1; I5).
 */
import type { PaymentMessage } from '../../shared/messages.ts';
import type { GatewaySecrets } from '../../shared/settings.ts';

type ReadPartners = () => Promise<Pick<GatewaySecrets, 'partner'>>;

export async function withFundClass(message: PaymentMessage, readPartners: ReadPartners): Promise<PaymentMessage> {
  const partner = /^partner:(.+)$/.exec(message.gateway)?.[1];
  if (message.authority !== 'statement' || partner === undefined) return message;
  const { partner: partners = {} } = await readPartners();
  const fundClass = Object.hasOwn(partners, partner) ? partners[partner]?.fundClass : undefined;
  if (fundClass === undefined || fundClass === 'general') return message;
  return { ...message, events: message.events.map((event) => ({ ...event, fundClass })) };
}
