/**
 * SNAP BI, Bank Indonesia's open API standard: banks, DOKU, DANA and Midtrans call us, we are the server. One message
 * is one call of one service, and which service it is stands in the path.
 */
import { civilDateOf, type Instant } from '../domain/dates.ts';
import { digest } from '../domain/ids.ts';
import { Permanent } from '../errors.ts';
import type { SnapPartnerSecrets } from '../settings.ts';
import type { Gateway, InboundMessage, Interpretation } from './gateway.ts';
import { type JsonObject, readJsonObject } from './message-bytes.ts';
import { snapNotSupported, snapRefusal, snapSuccess, snapToken } from './snap-answers.ts';
import { serviceOf } from './snap-paths.ts';
import { donorOfSnap, eventsOfSnap } from './snap-payment.ts';
import { hasForeignToken, timestampOf, verifyServiceCall, verifyTokenRequest } from './snap-signature.ts';
import type { AccessTokens } from './snap-tokens.ts';

/** The caller wants an answer now, and nothing of its call is kept. */
const ANSWERED_AT_ONCE = { events: [], ignored: true, donor: null, handshake: true } as const;

export function snap(partnerName: string, tokens: AccessTokens): Gateway<SnapPartnerSecrets> {
  const gateway = `snap:${partnerName}`;
  const holderOf = ({ clientKey }: SnapPartnerSecrets) => ({ partner: partnerName, clientKey });
  return {
    name: gateway,

    verify(message, partner, now) {
      if (serviceOf(message).kind === 'token') return verifyTokenRequest(message, partner, now);
      return verifyServiceCall(message, partner, now, (token) => tokens.accepts(token, holderOf(partner), now));
    },

    interpret(message): Interpretation {
      const service = serviceOf(message);
      const deliveryKey = this.deliveryKey(message);
      const body = readJsonObject(message.body);
      if (!body || (service.kind === 'token' && !asksForToken(body))) throw new Permanent('malformed_body');
      if (['token', 'inquiry', 'unknown'].includes(service.kind)) return { ...ANSWERED_AT_ONCE, deliveryKey };
      const events = eventsOfSnap(gateway, service, body, message.receivedAt);
      const donor = service.kind === 'virtual-account' ? donorOfSnap(body) : null;
      return { events, ignored: events.length === 0, deliveryKey, donor };
    },

    deliveryKey: deliveryKeyOf,

    acknowledge(message, partner, now) {
      const { kind } = serviceOf(message);
      if (kind === 'token') return snapToken(tokens.issue(holderOf(partner), now), now);
      // A bill is found by its virtual account, and which pledge that belongs to stands in no table of ours.
      if (kind === 'inquiry' || kind === 'unknown') return snapNotSupported(message, now);
      return snapSuccess(message, now);
    },

    refusal(message, reason, status, partner, now) {
      const { kind } = serviceOf(message);
      const foreignToken = kind !== 'token' && hasForeignToken(message, partner, now, tokens, holderOf(partner));
      return snapRefusal(message, reason, status, { now, foreignToken });
    },
  };
}

function asksForToken({ grantType }: JsonObject): boolean {
  return grantType === 'client_credentials';
}

/** An external id is unique for a partner and a day. */
function deliveryKeyOf({ headers, body }: InboundMessage): string {
  const { 'x-external-id': externalId, 'x-partner-id': partnerId = '' } = headers;
  const sentAt: Instant | undefined = timestampOf(headers['x-timestamp'] ?? '');
  if (!externalId || !sentAt) return `body:${digest(Buffer.from(body).toString('base64'), 40)}`;
  return `${partnerId.slice(0, 80)}:${civilDateOf(sentAt)}:${externalId.slice(0, 100)}`;
}
