/** Xendit's status API: every family of payments has an address of its own, which the event brings along. */
import { eventsOfAnswer } from '../gateways/xendit-answers.ts';
import type { PaymentStatusPort } from '../ports/payment-status.ts';
import type { XenditSecrets } from '../settings.ts';
import type { StatusOptions } from './payment-status-midtrans.ts';
import { statusApi as statusApiAt } from './status-api.ts';

/** Null where no status API is configured: then the token alone decides. */
export function xenditStatus(
  { statusApi, apiKeys = [] }: XenditSecrets,
  options: StatusOptions = {},
): PaymentStatusPort | null {
  if (statusApi === null) return null;
  const api = statusApiAt({ name: 'Xendit', address: statusApi, keys: apiKeys, ...options });
  return {
    async confirm(event) {
      const { statusPath } = event;
      if (statusPath === undefined) return { known: false };
      const { code, body } = await api.get(statusPath, versionOf(statusPath));
      // 400: an id of a shape Xendit never gives out.
      if (code === 404 || code === 400) return { known: false };
      if (code !== 200 || !body) throw api.unavailable(`answered ${code}`);
      const events = eventsOfAnswer(body, event);
      return events ? { known: true, events } : { known: false };
    },
  };
}

/** Newer families have versions and answer the first one unless told otherwise. */
function versionOf(path: string): Record<string, string> {
  if (path.startsWith('/v3/')) return { 'api-version': '2024-11-11' };
  return /^\/qr_codes\/[^/]+\/payments$/.test(path) ? { 'api-version': '2022-07-31' } : {};
}
