/**
 * Xendit's `GET /transactions`. The list is asked for by when an item changed, not by when it was made: what is settled
 * days later comes up again then. Refunds and chargebacks name their payment only at their own address.
 */
import type { CanonicalEvent } from '../domain/canonical-event.ts';
import { instantFromMilliseconds, parseInstant } from '../domain/dates.ts';
import { Permanent } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../gateways/message-bytes.ts';
import { eventsOfAnswer } from '../gateways/xendit-answers.ts';
import { segment, text } from '../gateways/xendit-fields.ts';
import { listedPayment } from '../gateways/xendit-transactions.ts';
import type { Listed, ListWindow, PaymentListPort } from '../ports/payment-list.ts';
import type { XenditSecrets } from '../settings.ts';
import type { StatusOptions } from './payment-status-midtrans.ts';
import { type StatusApi, statusApi as statusApiAt } from './status-api.ts';

const PAGE_ITEMS = 50;
/** Where the thing itself is told, by type of transaction. */
const MONEY_BACK: Readonly<Record<string, string>> = { REFUND: '/refunds/', CHARGEBACK: '/v1/disputes/' };

/** Null where no API is configured. */
export function xenditList(
  { statusApi, apiKeys = [] }: XenditSecrets,
  options: StatusOptions = {},
): PaymentListPort | null {
  if (statusApi === null) return null;
  const api = statusApiAt({ name: 'Xendit', address: statusApi, keys: apiKeys, ...options });
  return {
    async page(window) {
      const { code, body } = await api.get(`/transactions?${queryOf(window)}`);
      if (code !== 200 || !body || !Array.isArray(body.data)) throw api.unavailable(`list answered ${code}`);
      const data = body.data.filter(isJsonObject);
      const items: Listed[] = [];
      for (const item of data) items.push(...(await listed(item, api)));
      const last = data.at(-1)?.id;
      const next = body.has_more === true && typeof last === 'string' ? last : null;
      return { items, next };
    },
  };
}

function queryOf({ from, until, after }: ListWindow): URLSearchParams {
  const types = ['PAYMENT', ...Object.keys(MONEY_BACK)].map((type): [string, string] => ['types', type]);
  return new URLSearchParams([
    ...types,
    ['currency', 'IDR'],
    ['updated[gte]', from],
    ['updated[lte]', until],
    ['limit', String(PAGE_ITEMS)],
    ...(after === null ? [] : [['after_id', after] as [string, string]]),
  ]);
}

async function listed(item: JsonObject, api: StatusApi): Promise<Listed[]> {
  try {
    const path = MONEY_BACK[String(item.type)];
    if (path !== undefined) return (await moneyBack(item, path, api)).map(toldOf);
    const payment = listedPayment(item);
    return payment ? [{ state: 'told', ...payment }] : [];
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    return [{ state: 'unreadable', listedId: String(item.id), reason: error.reason, at: changedAt(item) }];
  }
}

async function moneyBack(item: JsonObject, under: string, api: StatusApi): Promise<CanonicalEvent[]> {
  if (item.status !== 'SUCCESS') return [];
  const statusPath = `${under}${segment(text(item.product_id, 'product_id') ?? '')}`;
  const { code, body } = await api.get(statusPath);
  if (code === 404 || code === 400) throw new Permanent('not_confirmable', { field: 'product_id' });
  if (code !== 200 || !body) throw api.unavailable(`answered ${code}`);
  return eventsOfAnswer(body, { statusPath } as CanonicalEvent) ?? [];
}

function toldOf(event: CanonicalEvent): Listed {
  return { state: 'told', event, feeRupiah: null, isSettled: true };
}

function changedAt({ updated }: JsonObject) {
  try {
    return parseInstant(updated, 'updated');
  } catch {
    return instantFromMilliseconds(0);
  }
}
