/** Xendit's `GET /transactions` in the sandbox: every payment, refund and lost dispute it was told of, and what was said of their fees. */
import type { DatabaseSync } from 'node:sqlite';
import type { CanonicalEvent } from '../../../shared/domain/canonical-event.ts';
import { digest } from '../../../shared/domain/ids.ts';
import type { JsonObject } from '../../../shared/gateways/message-bytes.ts';
import { xenditEvent } from '../../../shared/gateways/xendit-messages.ts';

export interface Transactions {
  /** What a notification tells of, if money moved. */
  tell(notification: JsonObject): void;
  /** Some fields of a transaction, by its `product_id`; the others stay as they are. */
  change(fields: JsonObject & { readonly product_id: string }): void;
  list(query: URLSearchParams): JsonObject;
}

const SCHEMA = 'CREATE TABLE IF NOT EXISTS transactions (product_id TEXT PRIMARY KEY, item TEXT NOT NULL) STRICT;';
const TYPES = { paid: 'PAYMENT', refunded: 'REFUND', charged_back: 'CHARGEBACK' } as const;
const DEFAULT_LIMIT = 10;

export function openTransactions(database: DatabaseSync): Transactions {
  database.exec(SCHEMA);
  const put = database.prepare('INSERT OR REPLACE INTO transactions VALUES (?, ?)');
  const find = database.prepare('SELECT item FROM transactions WHERE product_id = ?');
  const all = database.prepare('SELECT item FROM transactions');

  function merge(item: JsonObject & { readonly product_id: string }): void {
    const known = find.get(item.product_id) as { item: string } | undefined;
    const before = known ? (JSON.parse(known.item) as JsonObject) : { id: `txn_${digest(item.product_id, 32)}` };
    put.run(item.product_id, JSON.stringify({ ...before, ...item }));
  }

  return {
    tell(notification) {
      const event = xenditEvent(notification);
      const item = event && itemOf(event);
      // Told again it is no news: what was changed since stands.
      if (item && !find.get(item.product_id)) merge(item);
    },
    change: merge,
    list(query) {
      const items = (all.all() as { item: string }[])
        .map(({ item }) => JSON.parse(item) as JsonObject)
        .filter((item) => isWanted(item, query))
        .sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
      const after = query.get('after_id');
      const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
      const end = start + Number(query.get('limit') ?? DEFAULT_LIMIT);
      return { has_more: end < items.length, data: items.slice(start, end), links: [] };
    },
  };
}

/** Newest first. */
function placeOf({ created, id }: JsonObject): string {
  return `${created}#${id}`;
}

function isWanted(item: JsonObject, query: URLSearchParams): boolean {
  const updated = String(item.updated);
  const types = query.getAll('types');
  const [from, until] = [query.get('updated[gte]'), query.get('updated[lte]')];
  return (
    (types.length === 0 || types.includes(String(item.type))) &&
    (from === null || updated >= from) &&
    (until === null || updated <= until)
  );
}

function itemOf(event: CanonicalEvent): (JsonObject & { readonly product_id: string }) | undefined {
  const { kind, paymentId, amountRupiah, orderReference, channel, occurredAt, statusPath = '' } = event;
  if (kind !== 'paid' && kind !== 'refunded' && kind !== 'charged_back') return undefined;
  const ownId = decodeURIComponent(statusPath.split('/').at(-1) ?? '');
  return {
    product_id: kind === 'paid' ? paymentId : ownId,
    type: TYPES[kind],
    status: 'SUCCESS',
    channel_code: channel,
    reference_id: orderReference,
    currency: 'IDR',
    amount: amountRupiah,
    net_amount: amountRupiah,
    cashflow: kind === 'paid' ? 'MONEY_IN' : 'MONEY_OUT',
    settlement_status: 'SETTLED',
    fee: { xendit_fee: 0, value_added_tax: 0, status: 'COMPLETED' },
    created: occurredAt,
    updated: occurredAt,
  };
}
