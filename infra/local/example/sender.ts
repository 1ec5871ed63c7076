/** Sends signed notifications the way gateways do: each signs its own time, and sends again until it is acknowledged. */
import { setTimeout as pause } from 'node:timers/promises';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import { type Answer, send, systemTime, type Target } from '../../cli/api.ts';
import { midtransNotification } from '../../cli/notifications/midtrans.ts';
import type { Notification, Payment } from '../../cli/notifications/notification.ts';
import { partnerNotification } from '../../cli/notifications/partner.ts';
import type { Gift } from './gifts.ts';

export interface Sender {
  now(): Promise<number>;
  midtrans(payment: Omit<Payment, 'sentMilliseconds'>): Promise<void>;
  partner(gift: Gift, kind: string, detail?: GiftDetail): Promise<void>;
  readonly sent: number;
}

export interface GiftDetail {
  readonly occurredMilliseconds?: number;
  readonly returnedRupiah?: number;
}

const TRIES = 8;
const PAUSE_MILLISECONDS = 100;

const required = <Value>(value: Value | undefined, path: string): Value => {
  if (value === undefined) throw new Error(`the example needs ${path} in the configuration`);
  return value;
};

export function newSender(target: Target, secrets: GatewaySecrets): Sender {
  const now = async () => (await systemTime(target)) ?? Date.now();
  let sent = 0;

  /** A clock that runs fast may make a signature stale on its way; the next try signs anew, as a gateway's would. */
  async function deliver(build: (nowMilliseconds: number) => Notification): Promise<void> {
    let answer: Answer | undefined;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const { path, method, headers, body } = build(await now());
      answer = await send(target.url.replace(/\/$/, '') + path, { method, headers: { ...headers }, body });
      sent += 1;
      if (answer.status >= 200 && answer.status < 300) return;
      await pause(PAUSE_MILLISECONDS * attempt);
    }
    throw new Error(`a notification was never acknowledged: ${answer?.status} ${answer?.body}`);
  }

  return {
    now,
    midtrans(payment) {
      const key = required(secrets.midtrans?.serverKeys[0], 'gateways.midtrans.serverKeys');
      return deliver((sentMilliseconds) => midtransNotification({ ...payment, sentMilliseconds }, key));
    },
    partner(gift, kind, { occurredMilliseconds, returnedRupiah } = {}) {
      const { partner } = gift;
      const secret = required(secrets.partner?.[partner]?.secrets[0], `gateways.partner.${partner}.secrets`);
      return deliver((sentMilliseconds) =>
        partnerNotification(
          {
            kind,
            paymentId: gift.paymentId,
            orderReference: null,
            campaign: gift.campaign,
            amountRupiah: gift.amountRupiah,
            feeRupiah: gift.feeRupiah,
            channel: gift.channel,
            occurredMilliseconds: occurredMilliseconds ?? sentMilliseconds,
            sentMilliseconds,
            ...(returnedRupiah === undefined ? {} : { returnedRupiah }),
          },
          { partner, secret },
        ),
      );
    },
    get sent() {
      return sent;
    },
  };
}
